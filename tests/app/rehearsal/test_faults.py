"""A rehearsal can fail: mistakes planted in a peer are found, and named for what they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.rehearsal.processes import PeerPool, Program
from app.rehearsal.schedule import Schedule
from app.rehearsal.stage import Played, Stage
from app.rehearsal.verdict import FAILED, LEDGER, LOST, UNEQUAL
from tests.app.rehearsal.conftest import Theatre

SELLING = Schedule.model_validate(
    {
        "peers": {"ann": "store_seattle"},
        "stock": {1: 10},
        "steps": [
            {"do": "sell", "peer": "ann", "item": 1, "quantity": 3},
            {"do": "note", "peer": "ann", "item": 2, "text": "Check the packaging"},
            {"do": "teach", "peer": "ann", "code": "CARTON-9", "item": 3, "units": 12},
            {"do": "scan", "peer": "ann", "code": "CARTON-9", "packs": 2},
        ],
    }
)


def play(theatre: Theatre, folder: Path, fault: str) -> Played:
    """Play with a peer that has a fault, on the MongoDB of the theatre."""

    async def playing() -> Played:
        pool = PeerPool(Program(("tests.helpers.faulty_peer", fault)), folder / "peers.log")
        stage = Stage(folder, theatre.stage.server, pool, theatre.stage.goods)
        try:
            async with stage.troupe(SELLING.peers) as troupe:
                return await troupe.play(SELLING)
        finally:
            await pool.end()

    return theatre.runner.run(playing())


@pytest.mark.parametrize(
    ("fault", "kinds", "sentence"),
    [
        ("drops an outbox row", [LOST, UNEQUAL], "(-3) of a sell that ann acknowledged is not"),
        (
            "increments twice",
            [LEDGER],
            "item 1 of store_seattle moved by -6, but its movements add",
        ),
        ("forgets the movement", [LOST, LEDGER], "(-3) of a sell that ann acknowledged is not"),
        ("loses the note", [LOST], 'the last to be acknowledged was "Check the packaging"'),
        ("fails", [FAILED], "sell on ann: TypeError"),
        ("drops a code", [LOST, UNEQUAL], "the code CARTON-9 that ann was taught is not in"),
        (
            "counts a pack as one",
            [LEDGER],
            "2 times to receive it: 1 were booked, and it was taught with 12 units",
        ),
    ],
)
def test_a_planted_mistake_is_found(
    theatre: Theatre, tmp_path: Path, fault: str, kinds: Sequence[str], sentence: str
):
    verdict = play(theatre, tmp_path, fault).verdict
    assert not verdict.passed
    found = [kind for kind, problems in verdict.problems.items() if problems]
    assert set(kinds) <= set(found), verdict.first()
    assert any(sentence in one for one in verdict.problems[kinds[-1]] + verdict.problems[kinds[0]])
