"""Ten schedules drawn by chance, with three peers; `make soak` plays 1,000."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.rehearsal.chance import draw, draw_stores
from app.rehearsal.headless import SEASON
from app.rehearsal.schedule import read_script, to_script
from tests.app.rehearsal.conftest import Theatre

PEERS = 3


@pytest.mark.parametrize("season", [1])
def test_schedules_by_chance_pass(theatre: Theatre, season: int):
    stores = draw_stores(season, PEERS)
    with theatre.troupe(stores) as play:
        for seed in range(season * SEASON, (season + 1) * SEASON):
            schedule = draw(seed, stores)
            played = play(schedule)
            assert played.verdict.passed, f"seed {seed}: {played.verdict.first()}"
            assert played.journal.operations
            assert played.converged
            assert played.bytes_moved > 0


def test_a_seed_gives_the_same_schedule_again_and_another_one_another():
    stores = draw_stores(0, PEERS)
    assert list(stores) == ["ann", "bob", "cem"]
    assert stores["ann"] == stores["bob"]
    assert draw(7, stores) == draw(7, stores)
    assert draw(7, stores) != draw(8, stores)


def test_everything_happens_in_some_schedule():
    drawn = [draw(seed, draw_stores(seed // SEASON, PEERS)) for seed in range(100)]
    done = {step.do for schedule in drawn for moment in schedule.moments() for step in moment}
    assert done == {
        *("sell", "receive", "look", "count", "move", "note", "undo", "rename", "order"),
        *("request", "ship", "take_back", "take_in", "begin_receipt", "post_receipt"),
        *("undo_receipt", "begin_count", "count_in", "choose", "post_count", "tidy"),
        *("teach", "unteach", "scan", "hire", "send_away", "take_much", "merge", "tidy_customers"),
        *("offline", "online", "kill", "start", "mongodb_away", "mongodb_back", "pause"),
    }


def test_a_drawn_schedule_is_a_script_too(tmp_path: Path):
    schedule = draw(11, draw_stores(1, PEERS))
    path = tmp_path / "drawn.yaml"
    path.write_text(to_script(schedule), encoding="utf-8")
    assert read_script(path) == schedule
    assert re.match("about: Drawn by chance from seed 11", path.read_text("utf-8"))
