"""Customers who are one person: each of the others points to the one that was kept.

A pointer is a field of the customer who was given up, so devices that merge apart write different
documents, or the same field, of which the later one holds. Whatever comes of that is read in the
same way everywhere: chains lead to their end, and of those that point at each other in a circle the
one with the smallest id stands.
"""

from __future__ import annotations

from collections.abc import Mapping


class Merged:
    """Who stands for whom; `pointers` leads from customers to those they were merged into."""

    def __init__(self, pointers: Mapping[str, str]) -> None:
        self._stands: dict[str, str] = {}
        for one in sorted(pointers):
            self._follow(one, pointers)
        self._others: dict[str, list[str]] = {}
        for one, kept in sorted(self._stands.items()):
            if one != kept:
                self._others.setdefault(kept, []).append(one)

    def kept(self, customer_id: str) -> str:
        """The id of the customer who stands for this one."""
        return self._stands.get(customer_id, customer_id)

    def others(self, customer_id: str) -> tuple[str, ...]:
        """The ids of those who were merged into a customer, directly or not."""
        return tuple(self._others.get(customer_id, ()))

    @property
    def in_circles(self) -> tuple[str, ...]:
        """The ids of those who stand although they point at others, who point back."""
        return tuple(one for one, kept in self._stands.items() if one == kept)

    def _follow(self, start: str, pointers: Mapping[str, str]) -> None:
        way: dict[str, None] = {}
        at = start
        while at in pointers and at not in way and at not in self._stands:
            way[at] = None
            at = pointers[at]
        if at in way:
            steps = list(way)
            end = min(steps[steps.index(at) :])
        else:
            end = self._stands.get(at, at)
        self._stands |= dict.fromkeys(way, end)
