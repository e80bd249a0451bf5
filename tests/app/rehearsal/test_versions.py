"""A peer of another version; `make soak` plays a real one."""

from __future__ import annotations

from pathlib import Path

from app.rehearsal.processes import PEER, PeerPool, Program
from app.rehearsal.schedule import Schedule
from app.rehearsal.stage import Played, Stage
from tests.app.rehearsal.conftest import Theatre

MIXED = Schedule.model_validate(
    {
        "peers": {"ann": "store_seattle", "bob": "store_seattle"},
        "stock": {1: 10},
        "steps": [
            {"do": "teach", "peer": "ann", "code": "CARTON-8", "item": 1, "units": 2},
            {"do": "settle"},
            {"do": "scan", "peer": "bob", "code": "CARTON-8"},
            {"do": "scan", "peer": "ann", "code": "CARTON-8"},
            {"do": "sell", "peer": "bob", "item": 1, "quantity": 3},
        ],
        "expect": [{"item": 1, "on_hand": 9}],
    }
)


def test_a_peer_does_what_its_version_knows(theatre: Theatre, tmp_path: Path) -> None:
    older = Program(lacks_requests=frozenset({"teach", "unteach", "scan", "read"}))

    async def playing() -> Played:
        log = tmp_path / "peers.log"
        pool, other = PeerPool(PEER, log), PeerPool(older, log)
        shared = theatre.stage
        stage = Stage(tmp_path, shared.server, pool, shared.goods, {"bob": other})
        try:
            async with stage.troupe(MIXED.peers) as troupe:
                return await troupe.play(MIXED)
        finally:
            await pool.end()
            await other.end()

    played = theatre.runner.run(playing())
    assert played.verdict.passed, played.verdict.first()
    assert [(one.peer, one.step.do) for one in played.journal.done if one.step.do != "tidy"] == [
        ("ann", "teach"),
        ("ann", "scan"),
        ("bob", "sell"),
    ]
