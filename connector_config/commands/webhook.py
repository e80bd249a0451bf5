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

_DESCRIPTION: Final = """\
Run the auth webhook, as one process, until Ctrl+C:

  POST /login       a user and a password give a token for one minute and one use
  POST /ditto/auth  what the Ditto portal is told as the URL of the authentication provider
  GET  /health      for the proxy

It speaks plain HTTP on this machine. Ditto Cloud wants https, which is the job of a proxy before it
(nginx, Caddy, the load balancer of a host). Name the proxy in ZAVA_WEBHOOK_PROXIES, by its address
as it is seen from here, such as 127.0.0.1 for one on this machine, and let it add X-Forwarded-For:
else all devices behind it count as one address, and wait together when somebody guesses passwords.
Only what the proxies say counts, so never name a network in which others are.

Who fails 5 times waits for 15 minutes, at that address or on that device only. A device that has
signed in before is never held up by the failures of others; a new one is, while 30 in an hour try
the same name, or while all together fail 600 times a minute.

Of users who are people of a store (zava-connector users add NAME --person), the role and the stores
of staff win, as they are in the MongoDB of MONGODB_CONNECTION_STRING at that moment; who works
nowhere any more is refused, and so are they all while MongoDB cannot be asked.

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
    from connector_config.log_lines import LogLines
    from connector_config.variables import load_variables
    from connector_config.webhook.connections import configure
    from connector_config.webhook.passwords import Passwords
    from connector_config.webhook.people import UsersOfStaff, open_people
    from connector_config.webhook.proxies import given_proxies
    from connector_config.webhook.server import create_app
    from connector_config.webhook.tokens import Tokens, given_secret
    from connector_config.webhook.users import users_file

    variables = load_variables()
    secret = given_secret(variables)
    proxies = given_proxies(variables)
    check_packaged()
    users = users_file(variables)
    if not users.read():
        print("Nobody may sign in yet: zava-connector users add.", file=sys.stderr)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LogLines([secret]))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    people = open_people(variables)
    who = users if people is None else UsersOfStaff(users, *people)
    config = configure(create_app(who, Passwords(), Tokens(secret), proxies))
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
