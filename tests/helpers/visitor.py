"""A whole client that looks at one screen after the other, as each role, until it is asked to end.

python -m tests.helpers.visitor FOLDER

The link's variables are in its environment. It ends with 1 and says why as soon as something
happens that nobody expected; a sign-in that is refused with a sentence is tried again. When the
store gets people of its own, the client asks who is working: then it goes on where it was.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import traceback
from typing import Any, Final

from app.client import Client
from app.domain.entities import Profile, Role
from app.rehearsal.steps import STORES
from app.run import run_client
from app.settings import load_settings
from connector_config.errors import UserError

_LOOK_SECONDS: Final = 0.4
_AGAIN_SECONDS: Final = 1.0


class Visitor:
    """Somebody who opens every screen, and what was seen."""

    def __init__(self) -> None:
        self._unexpected: list[str] = []
        self._opened = self._signed_in = self._refused = self._asked = 0

    async def work(self, client: Client, closing: asyncio.Event) -> int:
        """Look until it is closing; returns the exit code."""
        asyncio.get_running_loop().set_exception_handler(self._on_error)
        client.window.show()
        for role in itertools.cycle(Role):
            seen: set[str] = set()
            while not self._ends(closing) and not await self._visit(client, role, seen, closing):
                pass
            if self._ends(closing):
                break
        print(
            f"A client was signed in {self._signed_in:,} times ({self._refused:,} refused, "
            f"{self._asked:,} asked again) and opened {self._opened:,} screens; its link is "
            f"{client.sync.state.report.phase.value}.",
            *self._unexpected,
            sep="\n",
            flush=True,
        )
        return int(bool(self._unexpected))

    def _ends(self, closing: asyncio.Event) -> bool:
        return closing.is_set() or bool(self._unexpected)

    async def _visit(
        self, client: Client, role: Role, seen: set[str], closing: asyncio.Event
    ) -> bool:
        """Open the screens that were not seen yet; returns whether there are no others left."""
        try:
            await client.sign_in(Profile(STORES[0], role, "Vera"))
        except UserError:
            self._refused += 1
            client.show_sign_in()
            await asyncio.sleep(_AGAIN_SECONDS)
            return False
        self._signed_in += 1
        assert client.workplace is not None
        for name in [one for one in client.workplace._routes if one not in seen]:
            if self._ends(closing):
                return True
            if client.workplace is None:
                self._asked += 1
                return False
            client.workplace.go(name)
            seen.add(name)
            self._opened += 1
            await asyncio.sleep(_LOOK_SECONDS)
        return True

    def _on_error(self, _: object, context: dict[str, Any]) -> None:
        error = context.get("exception")
        lines = traceback.format_exception(error) if isinstance(error, BaseException) else []
        self._unexpected.append("".join([str(context.get("message")), "\n", *lines]))


def main() -> int:
    """Run one client."""
    return run_client(load_settings(data_dir=sys.argv[1]), Visitor().work)


if __name__ == "__main__":
    sys.exit(main())
