"""The command `zava-mcp`."""

from __future__ import annotations

from typing import Final

from connector_config.command_line import Program

_EXAMPLES: Final = """\
examples:
  zava-mcp customer-sales --user f47ac10b-58cc-4372-a567-0e02b2c3d479
  zava-mcp sales-analysis --user f47ac10b-58cc-4372-a567-0e02b2c3d479 --role manager
  zava-mcp sales-analysis --super-manager     every store
  zava-mcp customer-sales --http              people by the tokens of zava-connector users token

An assistant starts them itself; the README says how. MongoDB is the one that
ZAVA_MCP_CONNECTION_STRING names, of a user who may only read, else MONGODB_CONNECTION_STRING.
`zava-mcp COMMAND --help` tells more about a command.
"""

PROGRAM: Final = Program(
    name="zava-mcp",
    description="Answer an assistant's questions about the shop, for one person and read-only.",
    examples=_EXAMPLES,
    package="seed.mcp_servers.commands",
    commands=("customer-sales", "sales-analysis"),
)
main = PROGRAM.main

if __name__ == "__main__":
    raise SystemExit(main())
