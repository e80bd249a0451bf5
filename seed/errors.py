"""Errors whose text is a sentence that a person can act on."""

from __future__ import annotations


class SeedError(Exception):
    """An expected failure; `str()` is one sentence that names what is wrong and the fix."""


class DataFileError(SeedError, ValueError):
    """A data file of the package is wrong; names the file and the entry."""
