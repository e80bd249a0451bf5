"""Progress on a terminal and elsewhere."""

from __future__ import annotations

import io
import re
import time

from rich.console import Console

from seed.progress import progress


def shown(*, terminal: bool, rates: bool = False) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=80, legacy_windows=False)
    with progress(console, rates=rates) as show:
        for done in (0, 1_000, 3_000, 5_000):
            show("orders", done, 5_000)
            time.sleep(0.01)
        show("product_types", 10, 31)
        show("product_types", 31, 31)
        show("stores", 8, 8)
    return stream.getvalue()


def test_lines_when_it_is_not_a_terminal() -> None:
    assert shown(terminal=False) == "orders: 5,000\nproduct types: 31\nstores: 8\n"


def test_rates_of_what_is_long_enough_to_have_one() -> None:
    orders, types, stores = shown(terminal=False, rates=True).splitlines()
    assert re.fullmatch(r"orders: 5,000 \([\d,]+/s\)", orders)
    assert (types, stores) == ("product types: 31", "stores: 8")
    *_, bar = [
        line for line in shown(terminal=True, rates=True).splitlines() if "5000/5000" in line
    ]
    assert re.search(r"[\d,]+/s", bar) and "00:00" in bar


def test_bars_stay_on_a_terminal() -> None:
    *_, types, stores = [line for line in shown(terminal=True).splitlines() if "/" in line]
    assert "product types" in types and "31/31" in types
    assert "stores" in stores and "8/8" in stores
