"""The customers: who they are, where they shop and since when."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from faker.providers.person.en_US import Provider as Names

from connector_config.schema.documents import Customer
from seed.generators.streams import NEWEST_FIXED_DAY, stream, timestamp, working_moment
from seed.store_files import StorePlan

_DOMAINS: Final = ("example.com", "example.org", "example.net")
_MASK: Final = (1 << 32) - 1


class Person(NamedTuple):
    """A customer; `store` is a position in the list of stores, days are ordinals, times UTC ms."""

    customer_id: str
    first_name: str
    last_name: str
    email: str
    phone: str
    store: int
    joined: int
    joined_at: int


def people(
    seed: int, stores: Sequence[StorePlan], count: int, newest: int = NEWEST_FIXED_DAY
) -> list[Person]:
    """The first `count` customers of a seed; about 0.6 kB of memory each.

    All joined not later than the day `newest` (an ordinal). Orders need to pick
    from all of them, so this is a list; a longer one starts with a shorter one.
    """
    draws = stream(seed, "customers")
    random = draws.random
    first_names, last_names = _Weighted(Names.first_names), _Weighted(Names.last_names)
    weights = list(accumulate(store.customer_weight for store in stores))
    opened = [store.opened.toordinal() for store in stores]
    offset = draws.getrandbits(32)
    namesakes: dict[str, int] = {}
    result: list[Person] = []
    for number in range(count):
        store = bisect(weights, random() * weights[-1])
        first, last = first_names.pick(random()), last_names.pick(random())
        local = f"{_mail_part(first)}.{_mail_part(last)}"
        namesakes[local] = same = namesakes.get(local, 0) + 1
        # The company grows, so more customers are new than old. The first one is there from the
        # start: every order finds somebody, however few customers there are.
        since = opened[store]
        joined = since + int((newest - since) * random() ** 0.8) if number else since
        # Of two draws, so that a seed makes the people that it always made.
        joined_draw, _ = random(), random()
        result.append(
            Person(
                customer_id=f"cust_{_scatter(number + offset):08x}",
                first_name=first,
                last_name=last,
                email=f"{local}{same if same > 1 else ''}@{_DOMAINS[int(random() * 3)]}",
                phone=_phone(random, stores[store].area_codes),
                store=store,
                joined=joined,
                joined_at=working_moment(joined_draw),
            )
        )
    return result


def customers(members: Sequence[Person], stores: Sequence[StorePlan]) -> Iterator[Customer]:
    """One document a customer."""
    store_ids = [store.store_id for store in stores]
    for person in members:
        yield {
            "customer_id": person.customer_id,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": person.email,
            "phone": person.phone,
            "primary_store_id": store_ids[person.store],
            "created_at": timestamp(person.joined, person.joined_at),
            # Whoever was changed since may have had another name when an order was taken.
            "updated_at": timestamp(person.joined, person.joined_at),
            "deleted": False,
        }


class _Weighted:
    """Names with how common they are; picked by a draw in [0, 1)."""

    def __init__(self, names: Mapping[str, float]) -> None:
        self._names = list(names)
        self._sums = list(accumulate(names.values()))

    def pick(self, draw: float) -> str:
        return self._names[bisect(self._sums, draw * self._sums[-1], hi=len(self._names) - 1)]


def _scatter(number: int) -> int:
    """A one-to-one mixing of 32-bit numbers: ids look random and cannot collide."""
    number = number * 0x9E3779B1 & _MASK
    number = (number ^ number >> 16) * 0x85EBCA6B & _MASK
    return number ^ number >> 13


def _mail_part(name: str) -> str:
    if name.isascii() and name.isalpha():
        return name.lower()
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]", "", plain.lower()) or "customer"


def _phone(random: Callable[[], float], area_codes: Sequence[str]) -> str:
    # 555-0100 to 555-0199 are kept free of subscribers for use in examples. Squaring the draw
    # favours the first area code, the usual one around the store.
    area = area_codes[int(random() ** 2 * len(area_codes))]
    return f"({area}) 555-{100 + int(random() * 100):04d}"
