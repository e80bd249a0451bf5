"""A process of its own that works on a linked store, to be killed by a test.

python -m tests.helpers.link_worker DATA_DIR URI DATABASE NAME TURN

It begins when the file TURN is there.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from pathlib import Path

from app.domain.entities import Reason
from connector_config.mongodb.connection import MongoSettings
from tests.helpers.link import SEATTLE, TACOMA, device, item_document


async def _main(folder: Path, settings: MongoSettings, name: str) -> None:
    async with device(folder, settings, name=name) as peer:
        peer.connect()
        print("joined", flush=True)
        while not (await peer.stock.items([_key(0)])):
            await asyncio.sleep(0.01)
        chance = random.Random(5)
        while True:
            for store_id in (SEATTLE, TACOMA):
                item = await peer.item(item_document(store_id, chance.randrange(3)))
                quantity = chance.choice([-1, 1, 2])
                await peer.stock.adjust(item, quantity, Reason.FOUND, peer.actor, "", True)
            print("wrote", flush=True)


def _key(number: int) -> dict[str, str]:
    item = item_document(SEATTLE, number)
    return {name: item[name] for name in ("store_id", "inventory_id")}


if __name__ == "__main__":
    while not Path(sys.argv[5]).exists():
        time.sleep(0.01)
    asyncio.run(_main(Path(sys.argv[1]), MongoSettings(sys.argv[2], sys.argv[3]), sys.argv[4]))
