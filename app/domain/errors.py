"""Errors whose text is a sentence that a person can act on."""

from __future__ import annotations


class ZavaError(Exception):
    """An expected failure; `str()` is one sentence that names what is wrong and the fix."""


class InvalidInputError(ZavaError):
    """A field holds something that cannot be used; shown beside that field."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class ShortStockError(ZavaError):
    """A change would take on hand below zero; nothing was written, ask the person first."""

    def __init__(self, on_hand: int, quantity: int) -> None:
        super().__init__(
            f"Only {on_hand} on hand: a change of {quantity:+d} would leave {on_hand + quantity}."
        )
        self.on_hand = on_hand
        self.quantity = quantity


class AlreadyUndoneError(ZavaError):
    """The movement has its counter-movement already; nothing was written."""


class StorageError(ZavaError):
    """The local store cannot be opened, read or written."""


class SyncError(ZavaError):
    """This device cannot exchange data now, and works on; `again`: trying again may help."""

    def __init__(self, sentence: str, again: bool = False) -> None:
        super().__init__(sentence)
        self.again = again
