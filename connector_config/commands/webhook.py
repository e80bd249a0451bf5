"""`zava-connector webhook`: signs people in, for Ditto Cloud."""

from __future__ import annotations

import argparse
import logging
import socket
import sys
from datetime import date
from typing import Final

from connector_config.arguments import whole_number
from connector_config.errors import UserError
from connector_config.extras import need_extra

NAME: Final = "webhook"
HELP: Final = "sign people in, for Ditto Cloud"

_PORT: Final = 8070
# More at a time are turned away (503): each login takes 64 MiB for a moment.
_MOST_AT_ONCE: Final = 200

_DESCRIPTION: Final = """\
Run the auth webhook, as one process, until Ctrl+C:

  POST /login       a user and a password give a token for one minute and one use
  POST /ditto/auth  what the Ditto portal is told as the URL of the authentication provider
  GET  /health      for the proxy

It speaks plain HTTP on this machine. Ditto Cloud wants https, which is the job of a proxy before it
(nginx, Caddy, the load balancer of a host); one on another machine is named in FORWARDED_ALLOW_IPS,
so that attempts are counted by the address of the device and not by that of the proxy.

It needs ZAVA_WEBHOOK_SECRET, and people to sign in: zava-connector users add.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="the address to listen on (default: %(default)s)",
    )
    parser.add_argument(
        "--port",
        type=whole_number("the port", 1, 65535),
        default=_PORT,
        metavar="N",
        help="the port (default: %(default)s)",
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Serve until Ctrl+C or SIGTERM."""
    need_extra("webhook")
    import uvicorn

    from connector_config.cloud.permissions import check_packaged
    from connector_config.variables import load_variables
    from connector_config.webhook.passwords import Passwords
    from connector_config.webhook.server import create_app
    from connector_config.webhook.tokens import Tokens, given_secret
    from connector_config.webhook.users import users_file

    variables = load_variables()
    secret = given_secret(variables)
    check_packaged()
    users = users_file(variables)
    if not users.read():
        print("Nobody may sign in yet: zava-connector users add.", file=sys.stderr)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr
    )
    config = uvicorn.Config(
        create_app(users, Passwords(), Tokens(secret)),
        # The application logs, because uvicorn's own line has the query in it.
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        ws="none",
        limit_concurrency=_MOST_AT_ONCE,
        timeout_graceful_shutdown=5,
    )
    with _listening(options.host, options.port) as listener:
        print(f"Listening on http://{options.host}:{options.port}; Ctrl+C stops it.", flush=True)
        uvicorn.Server(config).run(sockets=[listener])
    return 0


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        # Python adds the address to what the system says.
        reason = str(error.strerror).partition(" (")[0]
        raise UserError(
            f"Port {port} of {host} cannot be listened on ({reason}): stop what uses it, or choose "
            "another with --host and --port."
        ) from None
