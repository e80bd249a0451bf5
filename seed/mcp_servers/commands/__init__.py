"""The commands of `zava-mcp`, a module each, as those of `zava-seed`."""
