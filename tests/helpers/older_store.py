"""A store that version 0.1.0 wrote, kept as a file: `python -m tests.helpers.older_store` makes it.

It is made by that version's own code from the history, with the libraries of this one, whose Ditto
is the same. It holds the hammers of the catalogue in Seattle, and what somebody did there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Final

from tests.helpers.older_version import last_tree

PACKED: Final = Path(__file__).parents[1] / "fixtures" / "store-0.1.0.tar.xz"
SOLD: Final = 2
"""What was sold there of `HND-HAMMER-001`, in an order of its own."""
RECEIVED: Final = 7
OPENING: Final = 25

# Of 0.1.0, so it names what was there then.
_SCRIPT: Final = f"""
import asyncio, sys
from datetime import date
from pathlib import Path

from app.rehearsal.peer import Device
from connector_config import collections as names
from seed.data_set import data_set
from seed.options import Options
from seed.targets.ditto import batches, index, open_store, write

FOLDER = Path(sys.argv[1])
HAMMERS = {{"prod_hnd_hammer_001", "prod_hnd_hammer_002"}}
ITEM = []
CUSTOMER = []


def kept(part):
    for one in part.documents:
        if part.collection == names.PRODUCTS and one["product_id"] not in HAMMERS:
            continue
        if part.collection == names.CUSTOMERS:
            if one["primary_store_id"] != "store_seattle" or len(CUSTOMER) == 3:
                continue
            CUSTOMER.append({{k: one[k] for k in ("primary_store_id", "customer_id")}})
        if part.collection == names.INVENTORY:
            if one["product_id"] not in HAMMERS:
                continue
            if (one["store_id"], one["product_id"]) == ("store_seattle", "prod_hnd_hammer_001"):
                one = {{**one, "stock_level": {OPENING}}}
                ITEM.append({{k: one[k] for k in ("store_id", "inventory_id")}})
        if part.collection in (names.ORDERS, names.ORDER_ITEMS):
            continue
        yield one


async def fill():
    def content():
        for part in data_set(Options(end=date(2026, 11, 20), seed=1)):
            yield from batches(part.collection, kept(part))

    async with open_store(FOLDER) as peer:
        await write(peer, content(), lambda *_: None)
        await index(peer)


async def work():
    device = Device()
    await device.open(str(FOLDER), "mongodb://127.0.0.1/", "zava", "store_seattle", "Maya")
    await device.receive(ITEM[0], {RECEIVED})
    await device.order("ord_0_1_0", CUSTOMER[0], [(ITEM[0], {SOLD})])
    await device.note(ITEM[0], "Written by 0.1.0")
    await device.close()


asyncio.run(fill())
asyncio.run(work())
"""
# What Ditto makes anew: its logs and figures.
_LEFT_OUT: Final = ("ditto_logs", "ditto_metrics", "ditto_system_info", "ditto_tempfile")


def unpack(data_dir: Path) -> None:
    """Put the store into a data folder."""
    with tarfile.open(PACKED) as archive:
        archive.extractall(data_dir, filter="data")


def _make() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        tree, data_dir = Path(temporary) / "tree", Path(temporary) / "data"
        with tarfile.open(fileobj=BytesIO(last_tree())) as archive:
            archive.extractall(tree, filter="data")
        subprocess.run(
            [sys.executable, "-P", "-c", _SCRIPT, str(data_dir)],
            check=True,
            env={**os.environ, "PYTHONPATH": str(tree)},
        )
        PACKED.parent.mkdir(exist_ok=True)
        with tarfile.open(PACKED, "w:xz", preset=9) as archive:
            for path in sorted(data_dir.rglob("*")):
                inside = path.relative_to(data_dir)
                if not any(part in _LEFT_OUT for part in inside.parts):
                    archive.add(path, inside, recursive=False, filter=_nobody)


def _nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    _make()
