"""Customers: what may be typed of one, who may be the same person, and what one bought."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from app.domain.entities import USUAL_COUNTRY
from app.domain.errors import InvalidInputError
from app.domain.names import parse_name
from app.domain.orders import Order, OrderStatus
from app.domain.pricing import NOTHING
from connector_config.schema.emails import email_forms, plain
from connector_config.schema.forgotten import REMOVED
from connector_config.search.words import SearchEntry, fold

FIELDS = ("first_name", "last_name", "email", "phone")
"""What a person may change of a customer."""

_NAMES: Final = (("first_name", "First name"), ("last_name", "Last name"))
_MAX_EMAIL = 254
_NEAR = 1
"""Letters by which two names may differ and still look like one person's."""

_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\\\"]+@[^\s@.,;:<>()\[\]\\\"]+(\.[^\s@.,;:<>()\[\]\\\"]+)+")


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of a store; one who moves to another store is a new customer.

    `phone` is as people write it, `phone_e164` as it is dialled from anywhere. `others` are the ids
    of those who were merged into this one; one who is `forgotten` has nothing personal left.
    """

    store_id: str
    customer_id: str
    first_name: str
    last_name: str
    email: str = ""
    phone: str = ""
    phone_e164: str = ""
    others: tuple[str, ...] = ()
    forgotten: bool = False

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip() or (REMOVED if self.forgotten else "")

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids under which orders of this person are stored."""
        return (self.customer_id, *self.others)

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
    began: Customer, texts: Mapping[str, str], is_new: bool, country: str
) -> Customer:
    """Make a customer of what was typed; raises InvalidInputError for the first wrong field.

    `texts` has a text for each of FIELDS. What nobody has changed since `began` stays as it is,
    whatever it is, unless the customer is new. A phone without a country code is one of `country`.
    """
    from app.domain.phones import parse_phone

    typed = {name: text for name, text in texts.items() if is_new or text != getattr(began, name)}
    read = {name: parse_name(name, label, typed[name]) for name, label in _NAMES if name in typed}
    made = replace(
        began,
        first_name=read.get("first_name", began.first_name),
        last_name=read.get("last_name", began.last_name),
    )
    if read and not made.name:
        raise InvalidInputError("first_name", "Type a name: the first one, the last one, or both.")
    if "email" in typed:
        made = replace(made, email=parse_email(typed["email"]))
    if "phone" in typed:
        phone = parse_phone(typed["phone"], country)
        made = replace(made, phone=phone.written, phone_e164=phone.e164)
    return made


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
    typed = plain(text)
    if not typed:
        # The back office tells customers apart by it: no two have the same.
        raise InvalidInputError("email", "Type the e-mail address, such as ana@example.com.")
    if len(typed) > _MAX_EMAIL or not typed.isprintable() or not _EMAIL.fullmatch(typed):
        raise InvalidInputError(
            "email", "E-mail: type one address with an @ and a domain, such as ana@example.com."
        )
    return typed


def by_name(customer: Customer) -> tuple[str, str, str]:
    """Sort key for lists of customers: last name, first name, e-mail address."""
    return customer.last_name, customer.first_name, customer.email


def search_entry(
    customer: Customer, country: str = USUAL_COUNTRY, doubles: Iterable[Customer] = ()
) -> SearchEntry:
    """How a customer is found: by name, also misspelt, and by the beginning of the rest.

    Whatever belongs to those who were merged into the customer, `doubles`, belongs to the rest.
    """
    from app.domain.phones import phone_words

    words = [*email_forms(customer.email), phone_words(customer.phone, country)]
    for one in doubles:
        words += [one.name, *email_forms(one.email), phone_words(one.phone, country)]
    return SearchEntry(customer.customer_id, customer.name, "", written=" ".join(words))


def likeness(customer: Customer, other: Customer, country: str = USUAL_COUNTRY) -> str:
    """The reasons why two customers may be one person, in words; empty where there is none."""
    from rapidfuzz.distance import OSA

    from app.domain.phones import phone_key

    names = fold(customer.name), fold(other.name)
    near = OSA.distance(*names, score_cutoff=_NEAR) <= _NEAR and bool(names[0])
    name = "same name" if names[0] == names[1] and near else "nearly the same name" if near else ""
    emails = email_forms(customer.email), email_forms(other.email)
    phones = phone_key(customer.phone, country), phone_key(other.phone, country)
    reasons = (
        name,
        "same e-mail" if emails[0] == emails[1] and customer.email.strip() else "",
        "same phone" if phones[0] == phones[1] and phones[0] else "",
    )
    return ", ".join(reason for reason in reasons if reason)


def most_alike(
    customer: Customer, others: Sequence[Customer], limit: int, country: str = USUAL_COUNTRY
) -> list[tuple[Customer, str]]:
    """The likely doubles of a customer, each with its reasons; the surest first."""
    found = [
        (other, why)
        for other in others
        if other.customer_id != customer.customer_id and (why := likeness(customer, other, country))
    ]
    found.sort(key=lambda pair: (-pair[1].count(","), "nearly" in pair[1], pair[0].name))
    return found[:limit]
