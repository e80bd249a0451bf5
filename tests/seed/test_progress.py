"""Progress on a terminal and elsewhere."""

from __future__ import annotations

import io

from rich.console import Console

from seed.progress import progress


def shown(*, terminal: bool) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=80, legacy_windows=False)
    with progress(console) as show:
        show("product_types", 10, 31)
        show("product_types", 31, 31)
        show("stores", 8, 8)
    return stream.getvalue()


def test_lines_when_it_is_not_a_terminal() -> None:
    assert shown(terminal=False) == "product types: 31\nstores: 8\n"


def test_bars_stay_on_a_terminal() -> None:
    *_, types, stores = [line for line in shown(terminal=True).splitlines() if "/" in line]
    assert "product types" in types and "31/31" in types
    assert "stores" in stores and "8/8" in stores
