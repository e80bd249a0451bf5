"""The Zava client: a store worker's and sales rep's desktop app on an embedded Ditto store."""

__version__ = "0.1.0"
