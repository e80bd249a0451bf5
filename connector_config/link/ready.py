"""Checks whether a MongoDB can be joined at all."""

from __future__ import annotations

from typing import Any, Final

from pymongo.asynchronous.database import AsyncDatabase

from connector_config.errors import UserError
from connector_config.schema.collections import INVENTORY, synced

_OPTION: Final = "changeStreamPreAndPostImages"


class RefusedError(UserError):
    """The link does not start; `str()` is one sentence with the fix."""


async def check(database: AsyncDatabase[dict[str, Any]], shown: str) -> str:
    """The name by which this database is known; raises RefusedError when it is not prepared."""
    hello = await database.client.admin.command("hello")
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise RefusedError(
            f"{shown} is no replica set, so it cannot tell of changes: use Atlas, or a server "
            "started with zava-seed serve."
        )
    found = {one["name"]: one async for one in await database.list_collections()}
    without = [
        one.name
        for one in synced()
        if not found.get(one.name, {}).get("options", {}).get(_OPTION, {}).get("enabled")
    ]
    if without:
        raise RefusedError(
            f"The database {database.name} of {shown} keeps no pre- and post-images for "
            f"{', '.join(without)}: switch them on with `zava-seed change-streams`."
        )
    # Another server with a database of the same name is another database, and so is one that was
    # dropped and made again.
    return f"{database.name} {found[INVENTORY]['info']['uuid'].hex()}"
