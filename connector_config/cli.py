"""The command `zava-connector`."""

from __future__ import annotations

from typing import Final

from connector_config.command_line import Program

_COMMANDS: Final = (
    "check",
    "link",
    "render",
    "users",
    "webhook",
)

_EXAMPLES: Final = """\
examples:
  zava-connector check                    is MongoDB ready for the connector, and what mends it
  zava-connector link --store store_seattle   the connector's part, on this machine
  zava-connector render portal            what to type into the Ditto portal
  zava-connector render crd > bridge.yaml the same for a Ditto server of one's own
  zava-connector users add ann --role worker --store store_seattle
  zava-connector webhook                  signs people in, for Ditto Cloud

MongoDB is the one that MONGODB_CONNECTION_STRING names, in the environment or in .env.
`zava-connector COMMAND --help` tells more about a command.
"""

PROGRAM: Final = Program(
    name="zava-connector",
    description="All that the cloud side is told: collections, permissions, who may sign in.",
    examples=_EXAMPLES,
    package="connector_config.commands",
    commands=_COMMANDS,
)
main = PROGRAM.main
