"""The command `zava`."""

from __future__ import annotations

from typing import Final

from app.commands.flags import add_flags
from connector_config.command_line import Program

_COMMANDS: Final = (
    "run",
    "tour",
    "doctor",
    "staff",
    "import-catalogue",
    "rehearse",
    "reset",
)

_EXAMPLES: Final = """\
examples:
  zava                                  open the window
  zava run --store store_tacoma         with this store chosen at sign-in
  zava tour                             make a picture of every screen, without a display
  zava rehearse                         two windows and a MongoDB: two devices on this computer
  zava rehearse --headless --random 1 --minutes 2
                                        three devices do and suffer things, and a verdict
  zava doctor                           check this computer, with the fix for each finding
  zava import-catalogue goods.csv       take in the goods of a shop

Settings come from the defaults, then the settings of the user, then .env, then the environment,
then flags; .env.sample names them all, and zava doctor the files.
"""

PROGRAM: Final = Program(
    name="zava",
    description="The offline-first retail client. Without a command it opens the window.",
    examples=_EXAMPLES,
    package="app.commands",
    commands=_COMMANDS,
    default="run",
    add_flags=add_flags,
)
main = PROGRAM.main
