"""The command `zava-seed`."""

from __future__ import annotations

from typing import Final

from connector_config.command_line import Program

_COMMANDS: Final = (
    "demo",
    "check",
    "generate",
    "indexes",
    "change-streams",
    "validate",
    "report",
    "clear",
    "export",
    "import",
    "add-product",
    "forget",
    "embeddings",
    "search",
    "simulate",
    "serve",
    "transform",
)

_EXAMPLES: Final = """\
examples:
  zava-seed demo --data-dir /tmp/second   fill a local Ditto store, of a second peer here
  zava-seed serve                         a MongoDB on this machine, in a terminal of its own
  zava-seed check                         is MongoDB ready, and what would fail later
  zava-seed generate && zava-seed indexes && zava-seed change-streams --verify
  zava-seed validate                      does the data keep what it promises
  zava-seed report sales                  ask the data

MongoDB is the one that MONGODB_CONNECTION_STRING names, in the environment or in .env.
`zava-seed COMMAND --help` tells more about a command.
"""

PROGRAM: Final = Program(
    name="zava-seed",
    description="Make the retail data and put it where it is needed.",
    examples=_EXAMPLES,
    package="seed.commands",
    commands=_COMMANDS,
)
main = PROGRAM.main
