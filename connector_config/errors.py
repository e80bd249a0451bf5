"""The root of all errors whose text is a sentence that a person can act on, and the exit codes."""

from __future__ import annotations

from typing import Final

EXIT_FAILED: Final = 1
EXIT_INTERRUPTED: Final = 130
# As a program that a closed pipe ends, such as one before `| head`.
EXIT_PIPE_CLOSED: Final = 141


class UserError(Exception):
    """An expected failure; `str()` is one sentence that names what is wrong and the fix.

    The command line prints that sentence and the window shows it, whichever package it is from.
    """


class DataFileError(UserError, ValueError):
    """A data file of the package is wrong; names the file and the entry."""
