"""`python -m tests.bench [PART …]`: measure, print a table, write bench.json."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from rich.console import Console

from tests.bench.adjust import measure_adjust
from tests.bench.asking import measure_asking
from tests.bench.change import change_figures, fill_changes, measure_changes
from tests.bench.counting import measure_counting, measure_large_counting
from tests.bench.customers import measure_customers
from tests.bench.dashboard import measure_dashboard
from tests.bench.ledger import measure_ledger
from tests.bench.link import measure_link
from tests.bench.meaning import measure_meaning
from tests.bench.order_pages import fill_orders, order_figures
from tests.bench.orders import measure_orders
from tests.bench.packaged import measure_packaged
from tests.bench.people import measure_people
from tests.bench.postgres import measure_postgres
from tests.bench.report import Figure, save, show
from tests.bench.search import measure_large, measure_search
from tests.bench.seed_mongo import measure_seed
from tests.bench.simulate import measure_simulate
from tests.bench.start import measure_start
from tests.bench.stores import measure_fill

PARTS = (
    "fill",
    "start",
    "packaged",
    "search",
    "large",
    "adjust",
    "changes",
    "stock",
    "orders",
    "pages",
    "customers",
    "dashboard",
    "seed",
    "link",
    "meaning",
    "simulate",
    "asking",
    "postgres",
    # The last one: afterwards nobody comes in without a PIN.
    "people",
)
_WITHOUT_STORES = {
    "changes",
    "pages",
    "customers",
    "dashboard",
    "seed",
    "link",
    "meaning",
    "simulate",
    "asking",
    "postgres",
}
_PRODUCTS = 424
_ITEMS = 3_168

T = TypeVar("T")


def main() -> int:
    """Measure the chosen parts; a missed bound is printed and does not fail."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; default all")
    parser.add_argument("--out", type=Path, default=Path("bench.json"), help="the JSON file")
    options = parser.parse_args()
    if unknown := [part for part in options.parts if part not in PARTS]:
        parser.error(f"there is no part {unknown[0]}: choose from {', '.join(PARTS)}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    console = Console(soft_wrap=False)
    started = perf_counter()
    with tempfile.TemporaryDirectory(prefix="zava-bench-") as folder:
        figures = _measure(options.parts or PARTS, Path(folder), console)
    seconds = perf_counter() - started
    show(console, figures, seconds)
    save(options.out, figures, seconds)
    console.print(f"The figures are in {options.out}.")
    return 0


def _measure(parts: Sequence[str], folder: Path, console: Console) -> list[Figure]:
    began = perf_counter()
    filling: list[Figure] = []
    if set(parts) - _WITHOUT_STORES:
        with console.status("Filling stores"):
            filling = _apart(partial(measure_fill, folder))  # makes the store that the others need
        console.print(f"Filled stores ({perf_counter() - began:.0f} s)")
    demo = folder / "demo"
    steps: dict[str, Callable[[], list[Figure]]] = {
        "fill": lambda: filling,
        "start": lambda: measure_start(demo, folder),
        "packaged": lambda: measure_packaged(demo, folder, console),
        "search": lambda: _apart(partial(measure_search, demo, _PRODUCTS)),
        "large": lambda: _apart(partial(measure_large, folder / "large")),
        "adjust": lambda: _apart(partial(measure_adjust, demo)),
        "changes": lambda: change_figures(
            folder,
            lambda store, items: _apart(partial(fill_changes, store, items)),
            lambda store, items: _apart(partial(measure_changes, store, items)),
        ),
        "stock": lambda: [
            *_apart(partial(measure_counting, demo, _ITEMS)),
            *_apart(partial(measure_large_counting, folder / "large")),
            *_apart(partial(measure_ledger, folder / "ledger")),
        ],
        "orders": lambda: _apart(partial(measure_orders, demo, folder)),
        # A million orders: minutes to fill, and 5 GB for as long as it lasts.
        "pages": lambda: order_figures(
            folder, _apart, lambda data_dir, orders: _apart(partial(fill_orders, data_dir, orders))
        ),
        "customers": lambda: _apart(partial(measure_customers, folder / "customers")),
        "dashboard": lambda: _apart(partial(measure_dashboard, folder / "sales")),
        "seed": lambda: measure_seed(folder),
        "link": lambda: _apart(partial(measure_link, folder / "link")),
        "meaning": lambda: measure_meaning(folder / "meaning"),
        "simulate": lambda: measure_simulate(folder / "simulate"),
        "asking": lambda: measure_asking(folder / "asking"),
        "postgres": lambda: _apart(partial(measure_postgres, folder / "postgres")),
        "people": lambda: _apart(partial(measure_people, demo)),
    }
    measured: list[Figure] = []
    for part in PARTS:
        if part in parts:
            began = perf_counter()
            with console.status(f"Measuring: {part}"):
                measured += steps[part]()
            console.print(f"Measured {part} ({perf_counter() - began:.0f} s)")
    return measured


def _apart(work: Callable[[], T]) -> T:
    """Do it in a process of its own: the SDK must not meet a fork, nor one part another's waste."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work).result()


if __name__ == "__main__":
    sys.exit(main())
