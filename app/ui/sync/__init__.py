"""Syncing: who this device exchanges with, and what has not left it."""
