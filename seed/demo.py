"""The demo data in a local store."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ditto import Ditto

from connector_config.errors import UserError
from connector_config.paths import store_directory
from connector_config.schema.collections import (
    INVENTORY,
    ORDER_ITEMS,
    ORDERS,
    PRODUCTS,
)
from seed.data_set import DATA_SET, Part, data_set
from seed.options import Options
from seed.progress import OnProgress
from seed.targets.ditto import Batch, batches, count, has, index, open_store, write


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """How many documents a store holds after a fill, and how many are new, by collection."""

    directory: Path
    documents: Mapping[str, int]
    added: Mapping[str, int]
    seconds: float
    skipped: bool = False

    @property
    def total(self) -> int:
        """All documents of the demo's collections in the store."""
        return sum(self.documents.values())

    @property
    def total_added(self) -> int:
        """All documents that were not there before."""
        return sum(self.added.values())


async def fill_demo(
    data_dir: Path, seed: int, today: date, on_progress: OnProgress, *, if_empty: bool = False
) -> DemoSummary:
    """Fill the store of a data folder with the demo data; what is there already stays as it is.

    The data ends before `today` (UTC). With `if_empty`, a store that has products is left alone.
    No other peer may have the store open. Raises UserError with one sentence.
    """
    options = Options(end=today, seed=seed)
    started = time.perf_counter()
    async with open_store(data_dir) as peer:
        before = await _counts(peer)
        skipped = if_empty and before[PRODUCTS] > 0
        if not skipped:
            await _refuse_other_data(peer, before, options)
            await _fill(peer, options, on_progress)
        after = await _counts(peer)
    return DemoSummary(
        directory=store_directory(data_dir),
        documents=after,
        added={name: after[name] - before[name] for name in after},
        seconds=time.perf_counter() - started,
        skipped=skipped,
    )


async def _counts(peer: Ditto) -> dict[str, int]:
    return {name: await count(peer, name) for name in DATA_SET}


async def _refuse_other_data(peer: Ditto, before: Mapping[str, int], options: Options) -> None:
    """A product has one inventory document a store; those of another seed would double them."""
    if not before[INVENTORY]:
        return
    first = next(next(p.documents for p in data_set(options) if p.collection == INVENTORY))
    if not await has(peer, INVENTORY, first):
        raise UserError(
            f"The store holds other data than seed number {options.seed} makes: use the number it "
            "was filled with, or choose another data folder with --data-dir."
        )


async def _fill(peer: Ditto, options: Options, on_progress: OnProgress) -> None:
    totals: Counter[str] = Counter()
    done: Counter[str] = Counter()

    def on_written(collection: str, documents: int) -> None:
        done[collection] += documents
        on_progress(collection, done[collection], totals[collection])

    await write(peer, _content(options, totals), on_written)
    await index(peer)


def _content(options: Options, totals: Counter[str]) -> Iterator[Batch]:
    """All batches; `totals` learns of each collection before its first batch comes."""
    last: list[Part] = []
    for part in data_set(options):
        if part.expected is not None:
            totals[part.collection] = part.expected
        # A store with products counts as filled. They go last, so that a fill that was cut off does
        # not count, and the next run completes it.
        if part.collection == PRODUCTS:
            last.append(part)
        else:
            yield from _counted(part, totals)
    for part in last:
        yield from _counted(part, totals)


def _counted(part: Part, totals: Counter[str]) -> Iterator[Batch]:
    for batch in batches(part.collection, part.documents):
        if part.collection == ORDERS:
            # The orders tell how many items will follow.
            for document in batch.documents:
                lines = document["item_count"]
                totals[ORDER_ITEMS] += lines if isinstance(lines, int) else 0
        yield batch
