"""The customers of a store who were merged into others, in memory beside its directory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.customers import Customer
from app.domain.documents.customers import to_customer
from connector_config.schema.merged import Merged

Read = tuple[Customer, bool, str]
"""A customer, whether it is deleted, and the id of the one it was merged into."""


class Doubles:
    """Those who were merged into others, by those who were kept."""

    def __init__(self, customers: Iterable[Read] = ()) -> None:
        self._given_up = {
            one.customer_id: (one, into) for one, deleted, into in customers if deleted and into
        }
        self._merged = Merged({one: into for one, (_, into) in self._given_up.items()})

    def after(self, news: Sequence[Read]) -> Doubles:
        """The same once some customers are as they were read."""
        known = {one.customer_id for one, _, _ in news}
        kept = [
            (one, True, into) for key, (one, into) in self._given_up.items() if key not in known
        ]
        return Doubles([*kept, *news])

    def differing(self, before: Doubles) -> set[str]:
        """The ids of those who stand, then or now, for whom something is new."""
        mine, its = self._given_up, before._given_up
        differ = {one for one in mine.keys() | its.keys() if mine.get(one) != its.get(one)}
        return {end for one in differ for end in (self._merged.kept(one), before._merged.kept(one))}

    def standing(self, customer_id: str, customer: Customer | None) -> Customer | None:
        """A customer as found, with the ids of the others; None for whom another one stands."""
        if customer_id in self._merged.in_circles:
            customer, _ = self._given_up[customer_id]
        if customer is None or self._merged.kept(customer_id) != customer_id:
            return None
        return replace(customer, others=self._merged.others(customer_id))

    def of(self, customer: Customer) -> list[Customer]:
        """Those who were merged into a customer."""
        return [self._given_up[one][0] for one in customer.others if one in self._given_up]

    @property
    def in_circles(self) -> list[Customer]:
        """Those who stand although they were given up."""
        return [self._given_up[one][0] for one in self._merged.in_circles]


def read(row: Mapping[str, Any]) -> Read:
    """What a document says of a customer, and of whether others stand for it."""
    return to_customer(row), bool(row.get("deleted")), str(row.get("merged_into") or "")
