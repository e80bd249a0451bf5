"""Errors whose text is a sentence that a person can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from connector_config.errors import UserError
from connector_config.wording import counted, number, signed

UPDATE_FIRST: Final = "it is of a newer version of this program, so update this one first"
"""What to do about a step that this version does not know."""


class InvalidInputError(UserError):
    """A field holds something that cannot be used; shown beside that field."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class ShortStockError(UserError):
    """A change would take on hand below zero; nothing was written, ask the person first."""

    def __init__(self, on_hand: int, quantity: int) -> None:
        super().__init__(
            f"Only {number(on_hand)} on hand: a change of {signed(quantity)} would leave "
            f"{number(on_hand + quantity)}."
        )
        self.on_hand = on_hand
        self.quantity = quantity


class ShortLinesError(UserError):
    """More would leave than is there; nothing was written, ask the person first.

    `on_hand` has what is there of each product that is short, by product id.
    """

    def __init__(self, on_hand: Mapping[str, int]) -> None:
        products = counted(len(on_hand), "product")
        super().__init__(f"There is less on hand of {products}: ship less, or confirm it.")
        self.on_hand = on_hand


class AlreadyUndoneError(UserError):
    """The movement has its counter-movement already; nothing was written."""


class CodeKnownError(UserError):
    """A code is known for other products; nothing was written, ask the person first.

    `names` are those of the products; `is_sku` tells that it is the SKU of one, and stays it.
    """

    def __init__(self, code: str, names: Sequence[str], is_sku: bool = False) -> None:
        super().__init__(
            f"{code} is known already for {' and '.join(names)}: remove it there first, or use "
            "another code."
        )
        self.names = tuple(names)
        self.is_sku = is_sku


class PaperError(UserError):
    """A step that a paper does not allow now or here; nothing was written."""


class FaultyDocumentError(UserError):
    """A document from outside that cannot be used; every other one can.

    `key` is its Ditto `_id`, or the ids in its body; `field` is a dotted path, and `reason` goes on
    after it: `is "12,50", which is no number`.
    """

    def __init__(self, collection: str, title: str, key: object, field: str, reason: str) -> None:
        super().__init__(
            f"This {title} is faulty: {field} {reason}. "
            "It works again as soon as the back office has mended it."
        )
        self.collection = collection
        self.title = title
        self.key = key
        self.field = field
        self.reason = reason

    @property
    def brief(self) -> str:
        """What is wrong, in a few words."""
        return f"{self.field} {self.reason}"


class StorageError(UserError):
    """The local store cannot be opened, read or written."""


class SyncError(UserError):
    """This device cannot exchange data now, and works on; `again`: trying again may help."""

    def __init__(self, sentence: str, again: bool = False) -> None:
        super().__init__(sentence)
        self.again = again
