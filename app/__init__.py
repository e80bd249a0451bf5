"""The Zava client: a store worker's and sales rep's desktop app on an embedded Ditto store."""
