"""How a peer is started."""

from __future__ import annotations

from pathlib import Path

from app.rehearsal.processes import PeerProcess, Program


async def test_the_packaged_program_understands_how_a_peer_is_started(tmp_path: Path) -> None:
    # It takes `-m MODULE` and nothing before it (packaging/zava.spec).
    program = tmp_path / "zava"
    program.write_text('#!/bin/sh\necho "$PYTHONSAFEPATH $*" >"$0.log"\n')
    program.chmod(0o755)
    peer = await PeerProcess.start(Program(python=str(program)), tmp_path / "stderr")
    await peer.end()
    assert (tmp_path / "zava.log").read_text() == "1 -m app.rehearsal.peer\n"
