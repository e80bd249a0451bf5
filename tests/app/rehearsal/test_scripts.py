"""The scripts that come with the app: each offline and conflict scenario ends as it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import app.rehearsal
from app.rehearsal.schedule import Expected, Schedule, read_script
from app.rehearsal.verdict import UNEXPECTED
from tests.app.rehearsal.conftest import CAST, Play, Theatre

SCRIPTS = sorted(Path(app.rehearsal.__path__[0], "scripts").glob("*.yaml"))

# Whoever plays in none of them watches.
PEERS = {**CAST, "dan": "store_seattle"}


@pytest.fixture(scope="module")
def play(theatre: Theatre) -> Iterator[Play]:
    with theatre.troupe(PEERS) as playing:
        yield playing


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_passes(play: Play, path: Path):
    script = read_script(path)
    assert script.peers.items() <= PEERS.items()
    played = play(script)
    assert played.verdict.passed, played.verdict.first()
    assert played.journal.operations
    assert script.about
    assert script.expect


def test_what_is_written_again_is_not_lost(play: Play):
    notes = [{"do": "note", "peer": "ann", "item": 1, "text": text} for text in "ABA"]
    script = Schedule.model_validate({"peers": PEERS, "steps": notes})
    for _ in range(2):
        played = play(script)
        assert played.verdict.passed, played.verdict.first()


def test_there_is_one_for_each_scenario():
    assert len(SCRIPTS) >= 8


def test_what_is_expected_and_does_not_come_is_named(play: Play):
    script = read_script(next(path for path in SCRIPTS if path.stem == "last-unit-sold-twice"))
    wrong = script.model_copy(update={"expect": [Expected(item=1, on_hand=0)]})
    verdict = play(wrong).verdict
    assert not verdict.passed
    assert verdict.problems[UNEXPECTED] == [
        "on_hand of item 1 of store_seattle is -1, and 0 was expected"
    ]
