"""The paper that a screen works on: a receipt, a purchase order or a transfer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

P = TypeVar("P")


class OpenPaper(Generic[P]):
    """Holds the open `paper` as it was read or written last, None while none is open.

    `id_of` gives the id by which a paper is known again. An `opening` lasts until the paper is
    closed or a paper is opened, also the same one: what was begun for another one shows nothing.
    """

    def __init__(self, id_of: Callable[[P], str]) -> None:
        self._id_of = id_of
        self._written: P | None = None
        self.paper: P | None = None
        self.opening = object()

    def open(self, paper: P) -> None:
        """Work on a paper."""
        self.paper, self.opening = paper, object()

    def close(self) -> None:
        """Work on no paper, or on one that is not written yet."""
        self.paper, self.opening = None, object()

    def is_open(self, paper: P) -> bool:
        """Whether a paper is the open one."""
        return self.paper is not None and self._id_of(self.paper) == self._id_of(paper)

    def renew(self, paper: P) -> bool:
        """Take a newer state of the open paper; False where it is another paper's."""
        if not self.is_open(paper):
            return False
        self.paper = paper
        return True

    def newest(self, paper: P) -> P:
        """A paper as it was read or written last; as it is given where it was neither."""
        for known in (self.paper, self._written):
            if known is not None and self._id_of(known) == self._id_of(paper):
                return known
        return paper

    async def write(self, step: Awaitable[P]) -> bool:
        """Do a step and take the paper it returns; False where that is not open any more."""
        self._written = await step
        return self.renew(self._written)
