"""What the commands of `zava-mcp` have in common: who asks, and over which transport."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from connector_config.arguments import whole_number
from connector_config.errors import UserError
from connector_config.extras import need_extra

if TYPE_CHECKING:
    from seed.mcp_servers.asking import Asking

MakeTools = Callable[["Asking"], Sequence[Callable[..., Any]]]

_WHO: Final = """
Over stdio it answers one person, named when it starts: --user is the rls_user_id of a store, and
--role what they do there. A store's people see the orders, movements and customers of that store,
and products and stock of all. Over HTTP (--http, on this machine only) each request carries the
token of a person, which zava-connector users token gives.

Nothing is ever written. Give it a MongoDB user with the role read in ZAVA_MCP_CONNECTION_STRING.
"""
_ROLES: Final = ("worker", "rep", "manager")


def add_arguments(parser: argparse.ArgumentParser, what: str) -> None:
    """Declare the arguments; `what` the server answers is the first sentence of the help."""
    parser.description = f"{what}\n{_WHO}"
    parser.add_argument("--user", metavar="UUID", help="the rls_user_id of a store")
    parser.add_argument(
        "--role",
        choices=_ROLES,
        help="what they are there (default: manager); a worker sees no contact data of customers",
    )
    parser.add_argument(
        "--super-manager", action="store_true", help="somebody who sees every store"
    )
    parser.add_argument("--http", action="store_true", help="serve HTTP instead, for tokens")
    parser.add_argument(
        "--port",
        type=whole_number("the port", 1, 65_535),
        metavar="N",
        help="of HTTP on 127.0.0.1 (default: 8765)",
    )


def serve(options: argparse.Namespace, name: str, make_tools: MakeTools) -> int:
    """Serve until the assistant, or Ctrl+C, ends it; raises UserError without an identity."""
    from functools import partial

    from seed.mcp_servers.people import check_user_id, person_of

    if options.http:
        if options.user or options.super_manager or options.role:
            raise UserError(
                "Over HTTP the token says who asks: leave out --user, --role and --super-manager."
            )
    else:
        if options.port:
            raise UserError("--port is for --http.")
        user_id = check_user_id(options.user, options.super_manager)
    need_extra("mcp")
    from connector_config.variables import load_variables
    from connector_config.webhook.users import users_file
    from seed.mcp_servers.asking import Asking
    from seed.mcp_servers.server import HOST, make_server, person_of_request

    if options.http:
        port = options.port or 8765
        asking = Asking(person_of_request)
        server = make_server(name, make_tools(asking), port, users_file(load_variables()))
        try:
            server.run(
                "streamable-http", host=HOST, port=port, stateless_http=True, json_response=True
            )
        finally:
            asking.close()
        return 0
    asking = Asking(partial(person_of, user_id=user_id, role=options.role or "manager"))
    try:
        make_server(name, make_tools(asking)).run("stdio")
    finally:
        asking.close()
    return 0
