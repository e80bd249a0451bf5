"""Servers for assistants that speak MCP: what a person may see, asked in MongoDB, read-only."""
