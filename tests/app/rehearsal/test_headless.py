"""`zava rehearse --headless` as a person runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

import app.rehearsal
from app.cli import main
from app.rehearsal.headless import Figures, percentile
from app.rehearsal.schedule import read_script
from tests.app.rehearsal.conftest import Theatre
from tests.helpers.programs import run

SCRIPT = Path(app.rehearsal.__path__[0], "scripts", "last-unit-sold-twice.yaml")


def test_the_figures_of_what_was_played(theatre: Theatre):
    script = read_script(SCRIPT)
    with theatre.troupe(script.peers) as play:
        played = play(script)
    figures = Figures()
    figures.add(played)
    lines = list(figures.lines(played))
    for figure in (
        "schedules            1",
        "operations           2 (0 refused, 0 cut off by 0 kills)",
        "documents lost       0",
        "duplicates           0",
        "peers and MongoDB    equal: yes",
        # 40 items in MongoDB, and 20 of the store on each of two peers.
        "ledger = counter     80 of 80 times",
    ):
        assert figure in lines


def test_what_does_not_come_ends_with_1(tmp_path: Path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(SCRIPT.read_text("utf-8").replace("on_hand: -1", "on_hand: 0"), "utf-8")
    ended = run("app", "rehearse", "--headless", "--script", wrong)
    assert (ended.code, ended.err) == (1, "")
    assert "FAIL" in ended.out.split()
    assert "unexpected: on_hand of item 1 of store_seattle is -1, and 0 was expected" in ended.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--script", "nowhere.yaml"], "zava: The script nowhere.yaml cannot be read"),
        (["--script", str(SCRIPT), "--peers", "1"], "zava: The script has 2 peers"),
        (["--peers", "17"], "--peers must be a whole number from 1 to 16"),
        (["--random", "one"], "--random must be a whole number"),
    ],
)
def test_a_wrong_wish_is_answered_with_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
):
    try:
        code: object = main(["rehearse", "--headless", *arguments])
    except SystemExit as stop:  # argparse
        code = stop.code
    assert code == 1
    assert sentence in capsys.readouterr().err


def test_percentiles():
    assert percentile([3.0], 95) == 3.0
    assert percentile([float(number) for number in range(101)], 50) == 50.0
    assert percentile([float(number) for number in range(101)], 95) == 95.0
