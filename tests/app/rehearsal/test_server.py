"""The MongoDB of a rehearsal, which a schedule and the weather over it send away."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.rehearsal.server import serving


def test_who_sends_it_away_while_it_comes_back_waits(tmp_path: Path) -> None:
    with serving(tmp_path) as server, ThreadPoolExecutor(1) as pool:
        server.send_away("step_down")
        coming = pool.submit(server.bring_back)
        while server.is_away:
            time.sleep(0.001)
        server.send_away("step_down")
        coming.result()
        assert server.is_away
        server.bring_back()
