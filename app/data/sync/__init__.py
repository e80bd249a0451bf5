"""Syncing with other devices: modes, subscriptions, delivery and presence."""
