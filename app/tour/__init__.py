"""Drives the real screens with real clicks and keys, and makes a picture of each."""

from app.tour.tour import tour

__all__ = ["tour"]
