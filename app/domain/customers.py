"""Customers: what may be typed of one, who may be the same person, and what one bought."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.errors import InvalidInputError
from app.domain.orders import Order, OrderStatus
from app.domain.pricing import NOTHING
from app.domain.search import SearchEntry, fold

FIELDS = ("first_name", "last_name", "email", "phone")
"""What a person may change of a customer."""

MAX_NAME = 80
_MAX_EMAIL = 254
_NEAR = 1
"""Letters by which two names may differ and still look like one person's."""

_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\\\"]+@[^\s@.,;:<>()\[\]\\\"]+(\.[^\s@.,;:<>()\[\]\\\"]+)+")


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of a store; one who moves to another store is a new customer."""

    store_id: str
    customer_id: str
    first_name: str
    last_name: str
    email: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def key(self) -> dict[str, str]:
        """The fields of its id."""
        return {"primary_store_id": self.store_id, "customer_id": self.customer_id}


@dataclass(frozen=True, slots=True)
class Favourite:
    """A product that a customer buys and keeps: in how many orders, how many units in all."""

    product_id: str
    name: str
    orders: int
    units: int


@dataclass(frozen=True, slots=True)
class Bought:
    """What a customer bought, as far as this device knows; `orders` are newest first.

    `spent` is what was paid less what was given back, in US dollars; `favourites` come first by the
    orders they are in. `all_there` is False where only the newest orders were read.
    """

    orders: tuple[Order, ...] = ()
    favourites: tuple[Favourite, ...] = ()
    all_there: bool = True

    @property
    def count(self) -> int:
        """How many of the orders were not cancelled."""
        return sum(one.status is not OrderStatus.CANCELLED for one in self.orders)

    @property
    def spent(self) -> Decimal:
        """What was paid for the orders less what was given back, in US dollars."""
        paid = (one for one in self.orders if one.status is not OrderStatus.CANCELLED)
        return sum((one.total - one.refunded for one in paid), NOTHING)


def parse_customer(
    store_id: str, customer_id: str, first_name: str, last_name: str, email: str, phone: str
) -> Customer:
    """Make a customer of what was typed; raises InvalidInputError for the first wrong field."""
    first, last = " ".join(first_name.split()), " ".join(last_name.split())
    if not first:
        raise InvalidInputError("first_name", "Type the first name.")
    if not last:
        raise InvalidInputError("last_name", "Type the last name.")
    for field, text in (("first_name", first), ("last_name", last)):
        if len(text) > MAX_NAME:
            label = field.replace("_", " ").capitalize()
            raise InvalidInputError(field, f"{label}: shorten it to {MAX_NAME} characters.")
        if not text.isprintable():
            label = field.replace("_", " ").capitalize()
            raise InvalidInputError(field, f"{label}: take the invisible characters out.")
    return Customer(store_id, customer_id, first, last, parse_email(email), parse_phone(phone))


def guess_fields(text: str) -> dict[str, str]:
    """Guess which fields of a new customer a searched text is meant for: field name to text.

    It is an e-mail address, a telephone number, or a first and a last name.
    """
    typed = text.strip()
    if "@" in typed:
        return {"email": typed}
    if any(char.isdigit() for char in typed) and not any(char.isalpha() for char in typed):
        return {"phone": typed}
    # Who types a name as it is written, such as McKay, is right.
    words = [word.capitalize() if word.islower() else word for word in typed.split()]
    return {"first_name": " ".join(words[:1]), "last_name": " ".join(words[1:])}


def parse_email(text: str) -> str:
    """Read a typed e-mail address, in lower case; raises InvalidInputError where it is none."""
    typed = text.strip().lower()
    if not typed:
        # The back office tells customers apart by it: no two have the same.
        raise InvalidInputError("email", "Type the e-mail address, such as ana@example.com.")
    if len(typed) > _MAX_EMAIL or not typed.isprintable() or not _EMAIL.fullmatch(typed):
        raise InvalidInputError(
            "email", "E-mail: type one address with an @ and a domain, such as ana@example.com."
        )
    return typed


def parse_phone(text: str) -> str:
    """Read a typed telephone number into the stored form, such as `(206) 555-0147`.

    Empty gives empty. Raises InvalidInputError where it has not ten digits.
    """
    digits = re.sub(r"[\s().+/\u2010-\u2015-]", "", text)
    if not digits:
        return ""
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    if not (digits.isascii() and digits.isdigit() and len(digits) == 10):
        raise InvalidInputError(
            "phone", "Phone: type ten digits, such as (206) 555-0147, or leave it empty."
        )
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"


def by_name(customer: Customer) -> tuple[str, str, str]:
    """Sort key for lists of customers: last name, first name, e-mail address."""
    return customer.last_name, customer.first_name, customer.email


def search_entry(customer: Customer) -> SearchEntry:
    """How a customer is found: by name, also misspelt, and by the beginning of the rest."""
    digits = "".join(char for char in customer.phone if char.isdigit())
    return SearchEntry(
        customer.customer_id,
        customer.name,
        "",
        written=f"{customer.email} {customer.phone} {digits} {digits[3:]}",
    )


def likeness(customer: Customer, other: Customer) -> str:
    """The reasons why two customers may be one person, in words; empty where there is none."""
    from rapidfuzz.distance import OSA

    names = fold(customer.name), fold(other.name)
    near = OSA.distance(*names, score_cutoff=_NEAR) <= _NEAR and bool(names[0])
    name = "same name" if names[0] == names[1] and near else "nearly the same name" if near else ""
    reasons = (
        name,
        "same e-mail" if customer.email and customer.email == other.email else "",
        "same phone" if customer.phone and customer.phone == other.phone else "",
    )
    return ", ".join(reason for reason in reasons if reason)


def most_alike(
    customer: Customer, others: Sequence[Customer], limit: int
) -> list[tuple[Customer, str]]:
    """The likely doubles of a customer, each with its reasons; the surest first."""
    found = [
        (other, why)
        for other in others
        if other.customer_id != customer.customer_id and (why := likeness(customer, other))
    ]
    found.sort(key=lambda pair: (-pair[1].count(","), "nearly" in pair[1], pair[0].name))
    return found[:limit]
