"""A process of its own that works on a store, to be killed or starved by a test.

    python -m tests.helpers.worker DATA_DIR open
    python -m tests.helpers.worker DATA_DIR work [--largest-file BYTES] [--note CHARACTERS]

Prints a line for each thing that is certain: `opened`, `proven True`, `confirmed MOVEMENT_ID`,
`refused SENTENCE`, `ended`.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import resource
from pathlib import Path

from app.data.store.session import Session
from app.domain.entities import Place, Reason, StockItem
from connector_config.errors import UserError
from connector_config.store.local_indexes import ensure_indexes
from tests.helpers.stock_room import ANN, SEATTLE, StockRoom

_ENOUGH_REFUSALS = 5


def _say(*words: object) -> None:
    print(*words, flush=True)


async def _main(options: argparse.Namespace) -> None:
    try:
        session = await Session.open(options.data_dir)
    except UserError as error:
        _say("refused", error)
        return
    _say("opened")
    if options.task == "work":
        await _work(session, options)
    await session.close()
    _say("ended")


async def _work(session: Session, options: argparse.Namespace) -> None:
    await ensure_indexes(session.query)
    room = StockRoom(session)
    _say("proven", (await room.stock.prove(SEATTLE)).holds)
    items = await room.items(limit=4)
    chance = random.Random(4)
    if options.largest_file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (options.largest_file, options.largest_file))
    refusals = itertools.count(1)
    # Several at once, so that a kill meets writes in every state.
    note = "x" * options.note
    await asyncio.gather(*(_change(room, item, note, refusals, chance) for item in items))


async def _change(
    room: StockRoom,
    item: StockItem,
    note: str,
    refusals: itertools.count[int],
    chance: random.Random,
) -> None:
    while True:
        try:
            movement = await room.stock.adjust(item, chance.randint(1, 9), Reason.FOUND, ANN, note)
            _say("confirmed", movement.movement_id)
            _say("confirmed", (await room.stock.undo(movement, ANN)).movement_id)
            place = Place("1", "A", str(chance.randint(1, 12)))
            _say("confirmed", (await room.stock.move(item, place, ANN)).movement_id)
        except UserError as error:
            _say("refused", error)
            if next(refusals) >= _ENOUGH_REFUSALS:
                return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("task", choices=["open", "work"])
    parser.add_argument("--largest-file", type=int, default=0)
    parser.add_argument("--note", type=int, default=20)
    asyncio.run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
