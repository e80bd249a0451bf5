"""One measurement of `seed_mongo` in a process of its own; prints seconds and megabytes as JSON.

The server and the database are those of the environment.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Callable
from datetime import date
from time import perf_counter

from connector_config.mongodb.connection import Document, load_mongo_settings, open_database
from seed.cli import main
from seed.data_set import mongo_data_set
from seed.mongo.fill import fill
from seed.mongo.indexes import create_indexes
from seed.mongo.target import batches
from seed.mongo.views import ensure_views
from seed.options import DEFAULT_START, Options
from tests.bench.memory import peak

DAY = date(2026, 11, 21)


def options(customers: int, orders: int) -> Options:
    """The data set that is measured."""
    return Options(end=DAY, start=DEFAULT_START, customers=customers, orders=orders)


def ours(customers: int, orders: int) -> float:
    """Generate, and make the indexes."""
    with open_database(load_mongo_settings()) as database:
        started = perf_counter()
        fill(database, options(customers, orders), lambda *_: None)
        list(create_indexes(database))
        seconds = perf_counter() - started
        # Which the command makes too, and validate wants; there is no raw counterpart.
        ensure_views(database)
        return seconds


def raw(customers: int, orders: int) -> float:
    """The same documents, made before the clock runs, with insert_many; and the indexes."""
    ready: list[tuple[str, list[Document]]] = []
    for part in mongo_data_set(options(customers, orders)):
        made = batches(part.collection, part.documents)
        ready.append((part.collection, [d for batch in made for d in batch.documents]))
    with open_database(load_mongo_settings()) as database:
        started = perf_counter()
        for name, documents in ready:
            database[name].insert_many(documents, ordered=False)
        list(create_indexes(database))
        return perf_counter() - started


def command(*arguments: str) -> float:
    """A command of zava-seed; its output only when it fails."""
    output = io.StringIO()
    started = perf_counter()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = main(arguments, DAY)
    if code:
        raise SystemExit(f"zava-seed {' '.join(arguments)} failed: {output.getvalue()[-2_000:]}")
    return perf_counter() - started


def _main() -> None:
    work: dict[str, Callable[..., float]] = {"ours": ours, "raw": raw}
    name, *arguments = sys.argv[1:]
    seconds = work[name](*map(int, arguments)) if name in work else command(name, *arguments)
    print(json.dumps({"seconds": seconds, "megabytes": peak() / 1e6}))


if __name__ == "__main__":
    _main()
