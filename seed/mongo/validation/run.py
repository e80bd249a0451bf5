"""All checks of a database, a few at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import date
from functools import partial
from typing import Final

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema import collections as names
from connector_config.schema.collections import COLLECTIONS
from connector_config.schema.documents import SHAPES
from seed.data_set import MONGO_DATA_SET
from seed.mongo.validation.codes import check_codes
from seed.mongo.validation.counts import Expected, check_counts
from seed.mongo.validation.documents import check_documents
from seed.mongo.validation.links import (
    COPIES,
    LINKS,
    UNIQUE,
    check_copy,
    check_link,
    check_unique,
)
from seed.mongo.validation.people import check_people
from seed.mongo.validation.queries import (
    check_indexes,
    check_queries,
    check_vector_index,
    check_view,
)
from seed.mongo.validation.report import MOST_EXAMPLES, Outcome, Report
from seed.mongo.validation.sizes import check_sizes
from seed.mongo.validation.staff import check_staff
from seed.mongo.validation.sums import check_customers, check_sums
from seed.mongo.validation.zones import check_zones

# The server works on so many at a time; more of them only wait for its processors.
_AT_ONCE: Final = 3

# How a person reads the report: what there is, its shape, its content, what it hangs on, indexes.
_COLLECTIONS: Final = (
    *MONGO_DATA_SET,
    *(name for name in COLLECTIONS if name not in MONGO_DATA_SET),
)

Check = Callable[[], Sequence[Outcome]]
OnCheck = Callable[[int, int], None]


def validate(
    database: MongoDatabase,
    first_day: date,
    last_day: date,
    expected: Expected | None = None,
    on_check: OnCheck = lambda done, total: None,
    most: int = MOST_EXAMPLES,
) -> Report:
    """Hold everything in a database against what it should be; orders lie between the days (UTC).

    The server does the work, with the rights of a user who may only read. `on_check` is called, in
    this thread, with how many checks of how many are done. A check that fails names at most `most`
    documents. Raises PyMongoError.
    """
    started = time.perf_counter()
    counts = {name: database[name].count_documents({}) for name in _COLLECTIONS}
    wanted = expected or Expected()
    checks: list[Check] = [
        partial(check_counts, database, counts, wanted),
        *_checks(database, first_day, last_day, most),
    ]
    found: dict[int, Sequence[Outcome]] = {}
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="zava-validate")
    try:
        running = {pool.submit(checks[number]): number for number in _longest_first(checks)}
        for done, future in enumerate(as_completed(running), 1):
            found[running[future]] = future.result()
            on_check(done, len(checks))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    outcomes = [one for number in range(len(checks)) for one in found[number]]
    # A stable sort: within a collection they stay in the order of the checks.
    outcomes.sort(key=lambda one: _COLLECTIONS.index(one.collection))
    filled = {name: count for name, count in counts.items() if count or name in MONGO_DATA_SET}
    return Report(database.name, filled, outcomes, time.perf_counter() - started)


def _checks(database: MongoDatabase, first_day: date, last_day: date, most: int) -> list[Check]:
    return [
        *(
            partial(check_documents, database, name, first_day, last_day, most=most)
            for name in SHAPES
        ),
        *(partial(check_unique, database, name, fields, most=most) for name, fields in UNIQUE),
        *(partial(check_link, database, link, most=most) for link in LINKS),
        *(partial(check_copy, database, copy, most=most) for copy in COPIES),
        *(partial(check_sizes, database, name, most=most) for name in SHAPES),
        partial(check_codes, database, most=most),
        partial(check_zones, database, most=most),
        partial(check_people, database, most=most),
        partial(check_staff, database, most=most),
        partial(check_customers, database, most=most),
        partial(check_sums, database, most=most),
        partial(check_indexes, database),
        partial(check_queries, database),
        partial(check_vector_index, database),
        partial(check_view, database),
    ]


def _longest_first(checks: Sequence[Check]) -> list[int]:
    """The numbers of the checks, such that no long one is left alone at the end."""
    numbers = list(range(len(checks)))
    return sorted(numbers, key=lambda number: -_weight(checks[number]))


def _weight(check: Check) -> int:
    if not isinstance(check, partial):
        return 0
    if check.func is check_sums:
        return 3
    if check.func is check_documents:
        return {names.ORDER_ITEMS: 3, names.ORDERS: 2}.get(check.args[1], 0)
    return int(check.func in (check_customers, check_copy))
