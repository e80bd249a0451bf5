"""The numbers of our own papers, such as `TR-SEA-3F2A-0007`: kind, store, device, sequence."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final


class PaperKind(Enum):
    """What a number is the number of; the value is how it begins."""

    TRANSFER = "TR"
    PURCHASE_ORDER = "PO"
    GOODS_RECEIPT = "GR"
    STOCKTAKE = "ST"

    @property
    def label(self) -> str:
        """The kind as shown to a person."""
        return self.name.lower().replace("_", " ")


_NUMBER: Final = re.compile(r"([A-Z]{2})-[^\W_]{1,3}-[^\W_]{1,4}-[0-9]{4,9}")
_KINDS: Final = {kind.value: kind for kind in PaperKind}


def read_paper_number(text: str) -> tuple[PaperKind, str] | None:
    """The kind and the number as it is stored; None for every other text."""
    number = text.strip().upper()
    found = _NUMBER.fullmatch(number)
    kind = _KINDS.get(found[1]) if found else None
    return (kind, number) if kind is not None else None
