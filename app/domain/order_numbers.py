"""Order numbers that nobody has to hand out, and that survive a bad telephone line.

A number such as `K7Q-4M9-XTB` has eight characters that follow from the id of the cart, which is
random, and one to check them. Without 0, 1, I, L and O nothing in it is taken for something else.
The document's id holds the day and the store as well, so two devices would have to hit on the same
of 850 thousand million numbers in one store on one day to meet.
"""

from __future__ import annotations

import re
import uuid
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH: Final = 8
_GROUP: Final = 3
_CART: Final = uuid.UUID("7d0a4a34-3c55-4f0a-9d0e-7b1f0c6a2b91")
_ID: Final = re.compile(r"order_([0-9]{8}_[0-9A-Z]+)_(\w+)", re.ASCII | re.IGNORECASE)


def order_number(cart_id: str) -> str:
    """The number of the order that a cart becomes, always the same."""
    rest = uuid.uuid5(_CART, cart_id).int
    characters = ""
    for _ in range(_LENGTH):
        rest, at = divmod(rest, len(ALPHABET))
        characters += ALPHABET[at]
    return _grouped(characters + _check(characters))


def read_number(text: str) -> str | None:
    """A typed, spoken or scanned number in its form; None where it is none or has a mistake."""
    characters = "".join(text.upper().replace("-", " ").split())
    if len(characters) != _LENGTH + 1 or not set(characters) <= set(ALPHABET):
        return None
    return _grouped(characters) if _check(characters[:-1]) == characters[-1] else None


def read_title(text: str) -> str | None:
    """What a receipt is called: its number, or the id of an order from before numbers."""
    found = _ID.fullmatch(text.strip())
    return f"order_{found[1].upper()}_{found[2].lower()}" if found else read_number(text)


def _check(characters: str) -> str:
    # A prime number of characters and a weight for each place: one wrong character, or any two
    # that changed places, always change the sum.
    total = sum(at * ALPHABET.index(one) for at, one in enumerate(characters, 2))
    return ALPHABET[-total % len(ALPHABET)]


def _grouped(characters: str) -> str:
    groups = (characters[at : at + _GROUP] for at in range(0, len(characters), _GROUP))
    return "-".join(groups)
