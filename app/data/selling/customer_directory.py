"""The customers of a store, in memory, so that they are found while one types."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from app.data.selling.customers import country_of
from app.data.selling.doubles import Doubles, read
from app.data.store.background import in_background
from app.data.store.reading import entities
from app.data.store.session import Row, Session
from app.domain.customers import Customer, by_name, most_alike, search_entry
from app.domain.documents.customers import to_customer
from app.domain.entities import USUAL_COUNTRY
from connector_config.schema.condition import has_text
from connector_config.search.words import SearchIndex

_FIELDS: Final = (
    "primary_store_id, customer_id, first_name, last_name, email, phone, phone_e164, deleted, "
    "merged_into, forgotten_at, updated_at"
)
_ALL: Final = (
    f"SELECT {_FIELDS} FROM customers WHERE primary_store_id = :store_id AND deleted = false "
    "LIMIT 200000"
)
_DOUBLES: Final = (
    f"SELECT {_FIELDS} FROM customers USE INDEX 'customers_merged' "
    f"WHERE primary_store_id = :store_id AND {has_text('merged_into')} AND deleted = true "
    "LIMIT 20000"
)
_COUNT: Final = (
    "SELECT COUNT(*) AS n FROM customers WHERE primary_store_id = :store_id AND deleted = false"
)
# An observer hands over its whole result every time: of a collection that grows, only its end.
_NEWEST: Final = (
    f"SELECT {_FIELDS} FROM customers USE INDEX 'customers_newest' "
    "WHERE primary_store_id = :store_id ORDER BY updated_at DESC LIMIT 50"
)
_FOLLOWED: Final = 50
_YOUNG: Final = 600.0
"""Seconds for which an index is trusted when only the number of customers was compared."""

_NAMESAKES: Final = 40
_REBUILD_AFTER: Final = 2.0
"""Seconds without a further change before what has changed goes into the index."""


@dataclass(frozen=True, slots=True)
class CustomersFound:
    """Customers, best first, cut at the limit; `total` counts all that match.

    `close` is set where nobody matches what is typed, but these do with a letter or two changed.
    """

    customers: tuple[Customer, ...] = ()
    total: int = 0
    close: bool = False


class CustomerDirectory:
    """The customers of one store; loading and indexing happen beside the person's work.

    The index is made again in the background after changes; until that is done, a small index of
    what has changed is searched first.
    """

    def __init__(
        self, session: Session, store_id: str, rebuild_after: float = _REBUILD_AFTER
    ) -> None:
        self._session = session
        self._parameters = {"store_id": store_id}
        self._rebuild_after = rebuild_after
        self._listeners: list[Callable[[], None]] = []
        self._people: dict[str, Customer] = {}
        self._doubles = Doubles()
        self._index = SearchIndex([])
        self._changed: dict[str, Customer | None] = {}
        self._overlay = SearchIndex([])
        self._newest = ""
        self._country = USUAL_COUNTRY
        self._seen: list[Row] = []
        self._read_at = 0.0
        self._open = 0
        self._stop: Callable[[], None] | None = None
        self._loading: asyncio.Task[None] | None = None
        self._building: asyncio.Task[None] | None = None
        self.ready = False
        """Whether all are loaded; nobody is found before."""

    def open(self) -> None:
        """Load the customers and follow changes, until `close` was called as often as `open`."""
        self._open += 1
        if self._stop is None:
            self._stop = self._session.watch(_NEWEST, self._parameters, self._on_newest)
            self._load()
            if self._changed:
                self._begin_rebuild()

    def close(self) -> None:
        """Stop following changes where nobody else has it open; what is loaded stays."""
        self._open -= 1
        if self._open > 0:
            return
        if self._stop is not None:
            self._stop()
            self._stop = None
        for task in (self._loading, self._building):
            if task is not None:
                task.cancel()
        self._loading = self._building = None

    def search(self, text: str, limit: int) -> CustomersFound:
        """The customers that match every word by name, e-mail or phone; an empty text gives all."""
        if any(map(str.isdigit, text)):
            from app.domain.phones import as_searched

            text = as_searched(text, self._country)
        hits = self._index.search(text, limit + len(self._changed))
        kept = [one for one in hits.product_ids if one not in self._changed]
        base = replace(
            hits, product_ids=tuple(kept), total=hits.total - len(hits.product_ids) + len(kept)
        )
        found = [one for one in (self._overlay.search(text, limit), base) if one.total]
        # One index forgives a misspelling where the other one knows the word.
        least = min((one.forgiven for one in found), default=0)
        found = [one for one in found if one.forgiven == least]
        people = [self._person(customer_id) for one in found for customer_id in one.product_ids]
        if not text.strip():
            people.sort(key=by_name)
        total = sum(one.total for one in found)
        return CustomersFound(tuple(people[:limit]), total, least > 0)

    def alike(self, customer: Customer, limit: int) -> list[tuple[Customer, str]]:
        """The likely doubles of a customer, each with its reasons; the surest first.

        One who was merged is as good a reason to name the one who was kept.
        """
        kept: dict[str, Customer] = {}
        judged: list[Customer] = []
        for text in (customer.name, customer.email, customer.phone_e164 or customer.phone):
            for one in self.search(text, _NAMESAKES).customers if text.strip() else ():
                if one.customer_id not in kept and customer.customer_id not in one.ids:
                    its = (one, *self._doubles.of(one))
                    kept |= dict.fromkeys((each.customer_id for each in its), one)
                    judged += its
        found: dict[str, tuple[Customer, str]] = {}
        for each, why in most_alike(customer, judged, len(judged), self._country):
            its_kept = kept[each.customer_id]
            found.setdefault(its_kept.customer_id, (its_kept, why))
        return list(found.values())[:limit]

    def also(self, customer: Customer) -> list[Customer]:
        """Those who were merged into a customer, as far as they are loaded."""
        return self._doubles.of(customer)

    def on_changed(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` when the customers were loaded or have changed; returns the cancel."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _person(self, customer_id: str) -> Customer:
        changed = self._changed.get(customer_id)
        return changed if changed is not None else self._people[customer_id]

    def _load(self) -> None:
        if self._loading is None or self._loading.done():
            self._loading = in_background(self._read(), "the customers cannot be loaded")

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        # What arrives with an older time than the newest that are followed shows in the number, or
        # when all are read again.
        young = loop.time() - self._read_at < _YOUNG
        if self.ready and young and await self._count() == len(self._all()):
            return
        self._country = await country_of(self._session, self._parameters["store_id"])
        rows = await self._session.query(_ALL, self._parameters)
        doubles = await self._session.query(_DOUBLES, self._parameters)
        newest = max((str(row.get("updated_at") or "") for row in rows), default="")
        self._doubles = Doubles(entities(doubles, read))
        self._people, self._index = await loop.run_in_executor(
            None, _build_rows, rows, self._doubles, self._country
        )
        self._newest = max(newest, self._newest)
        self._read_at = loop.time()
        self.ready = True
        self._forget_changes()
        self._notify()
        # What changed while the index was made.
        self._on_newest(self._seen)

    async def _count(self) -> int:
        (row,) = await self._session.query(_COUNT, self._parameters)
        return int(row["n"])

    def _all(self) -> list[Customer]:
        merged = self._people | {key: one for key, one in self._changed.items() if one}
        return [one for key, one in merged.items() if self._changed.get(key, one) is not None]

    def _on_newest(self, rows: list[Row]) -> None:
        self._seen = rows
        if not self.ready:
            return
        oldest = min((str(row.get("updated_at") or "") for row in rows), default="")
        if len(rows) == _FOLLOWED and oldest > self._newest:
            # More has changed than one sees here.
            self.ready = False
            self._newest = oldest
            self._load()
            return
        changed = dict(self._changed)
        news = entities(rows, read)
        there = {one.customer_id: None if deleted else one for one, deleted, _ in news}
        before, self._doubles = self._doubles, self._doubles.after(news)
        for customer_id in self._doubles.differing(before) - there.keys():
            there[customer_id] = self._changed.get(customer_id, self._people.get(customer_id))
        for customer_id, one in there.items():
            now = self._doubles.standing(customer_id, one)
            if now != self._people.get(customer_id) or customer_id in changed:
                changed[customer_id] = now
        if changed != self._changed:
            self._changed = changed
            self._overlay = SearchIndex(
                [
                    search_entry(one, self._country, self._doubles.of(one))
                    for one in changed.values()
                    if one
                ]
            )
            self._newest = max(self._newest, str(rows[0].get("updated_at") or ""))
            self._notify()
            self._begin_rebuild()

    def _begin_rebuild(self) -> None:
        if self._building is not None:
            self._building.cancel()
        self._building = in_background(self._rebuild(), "the customers cannot be indexed")

    async def _rebuild(self) -> None:
        await asyncio.sleep(self._rebuild_after)
        loop = asyncio.get_running_loop()
        self._people, self._index = await loop.run_in_executor(
            None, _build, self._all(), self._doubles, self._country
        )
        self._forget_changes()
        self._notify()

    def _forget_changes(self) -> None:
        self._changed = {}
        self._overlay = SearchIndex([])

    def _notify(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _build_rows(
    rows: list[Row], doubles: Doubles, country: str
) -> tuple[dict[str, Customer], SearchIndex]:
    people = [*entities(rows, to_customer), *doubles.in_circles]
    found = (doubles.standing(one.customer_id, one) for one in people)
    return _build([one for one in found if one], doubles, country)


def _build(
    people: Iterable[Customer], doubles: Doubles, country: str
) -> tuple[dict[str, Customer], SearchIndex]:
    ordered = sorted(people, key=by_name)
    index = SearchIndex([search_entry(one, country, doubles.of(one)) for one in ordered])
    return {one.customer_id: one for one in ordered}, index
