"""The tools on the MCP SDK: over stdio for one person, or over HTTP for people with tokens."""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import AnyHttpUrl

from connector_config import __version__
from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase
from connector_config.webhook.people import at_work
from connector_config.webhook.users import UsersFile
from seed.mcp_servers.answers import DATA
from seed.mcp_servers.people import Person

HOST: Final = "127.0.0.1"

_log = logging.getLogger(__name__)

_HINTS: Final = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_INSTRUCTIONS: Final = (
    "Questions about Zava, a chain of hardware stores, read-only. You see what one person may see: "
    "sales, customers and orders of their stores, products and stock of all. Money is US dollars, "
    "times are UTC unless said otherwise. " + DATA
)


def make_server(
    name: str,
    tools: Sequence[Callable[..., Any]],
    port: int | None = None,
    users: UsersFile | None = None,
) -> MCPServer:
    """A server with these tools; over HTTP, on this port, for the users of a file."""
    security: dict[str, Any] = {}
    if users is not None:
        security = {
            "token_verifier": _Tokens(users),
            "auth": AuthSettings(
                issuer_url=AnyHttpUrl(f"http://{HOST}:{port}"), resource_server_url=None
            ),
        }
    server: MCPServer = MCPServer(
        name, instructions=_INSTRUCTIONS, version=__version__, log_level="WARNING", **security
    )
    for tool in tools:
        # One line: the indentation of the source is nothing for an assistant.
        said = " ".join((inspect.getdoc(tool) or "").split())
        server.add_tool(_with_tool_errors(tool), description=said, annotations=_HINTS)
    return server


def person_of_request(database: MongoDatabase) -> Person:
    """The person whose token came with the request; raises UserError where there is none."""
    token = get_access_token()
    claims = token.claims if token is not None else None
    if token is None or claims is None:
        raise UserError("Nobody is signed in: send the token of zava-connector users token.")
    role, stores = claims["role"], claims["stores"]
    if claims["person_id"]:
        # What the store says of its people holds, also after the token was given.
        found = at_work(database, claims["person_id"])
        if found is None:
            raise UserError(f"{token.client_id} works in no store any more.")
        role, stores = found
    return Person(token.client_id, role, tuple(stores))


class _Tokens:
    """Finds whose token it is, each time anew, so that a token that is taken away ends at once."""

    def __init__(self, users: UsersFile) -> None:
        self._users = users

    async def verify_token(self, token: str) -> AccessToken | None:
        """The user with this token, None for any other."""
        try:
            found = await anyio.to_thread.run_sync(self._users.with_token, token)
        except UserError as error:
            _log.error("%s", error)
            return None
        if found is None:
            return None
        name, user = found
        claims = {"role": user.role, "stores": list(user.stores), "person_id": user.person_id}
        return AccessToken(token=token, client_id=name, scopes=[], claims=claims)


def _with_tool_errors(tool: Callable[..., Any]) -> Callable[..., Any]:
    """The tool with sentences for people as errors that an assistant reads."""

    @functools.wraps(tool)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return tool(*arguments, **named)
        except UserError as error:
            raise ToolError(str(error)) from None

    return call
