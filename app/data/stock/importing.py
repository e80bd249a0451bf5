"""Puts the goods of a file into the catalogue of this device, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from app.data.papers import papers
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.documents.codes import code_document
from app.domain.documents.reading import number
from app.domain.importing.goods import Goods, reckoned_cost
from app.domain.importing.problems import GoodsFileError, Problem
from app.domain.known_codes import code_key
from app.domain.new_ids import id_of
from app.domain.pricing import CENT
from app.domain.product_codes import NewCode
from connector_config.errors import UserError
from connector_config.schema.code_documents import code_id
from connector_config.schema.collections import (
    CATEGORIES,
    INVENTORY,
    PRODUCT_CODES,
    PRODUCT_TYPES,
    PRODUCTS,
)
from connector_config.schema.document_fields import Document
from connector_config.schema.documents import (
    MONTHS,
    TYPE_OF_CATEGORY,
    Category,
    Product,
    ProductType,
)
from connector_config.schema.instants import to_iso
from connector_config.schema.stock_documents import new_item

Row = Mapping[str, Any]

_STORES: Final = "SELECT * FROM stores WHERE deleted = false ORDER BY store_name LIMIT 1000"
_CATEGORIES: Final = "SELECT * FROM categories LIMIT 1000"
_TYPES: Final = "SELECT * FROM product_types LIMIT 10000"
_PRODUCTS: Final = "SELECT * FROM products LIMIT 100000"
_CODES: Final = "SELECT * FROM product_codes LIMIT 400000"
_ITEMS: Final = "SELECT _id, product_id FROM inventory WHERE store_id = :store_id LIMIT 100000"
# Of the collections above; what another device made of the same file is the same document.
_INSERT: Final = "INSERT INTO {} INITIAL DOCUMENTS (:documents)"
_BATCH: Final = 1_000


@dataclass(slots=True)
class Imported:
    """What an import does: how many products are new, changed and as they were, and the rest."""

    new: int = 0
    changed: int = 0
    same: int = 0
    codes: int = 0
    categories: int = 0
    stores: int = 0


@dataclass(slots=True)
class _Plan:
    """The documents to insert, by collection, and the fields to merge into others."""

    outcome: Imported = field(default_factory=Imported)
    inserts: dict[str, list[Row]] = field(default_factory=dict)
    merges: list[tuple[str, Row]] = field(default_factory=list)

    def insert(self, collection: str, document: Row) -> None:
        self.inserts.setdefault(collection, []).append(document)

    def merge(self, collection: str, key: Row, stored: Row, fields: Row) -> bool:
        """Whether that changes anything."""
        changed = {name: value for name, value in fields.items() if stored.get(name) != value}
        if changed:
            self.merges.append((collection, {**key, **changed}))
        return bool(changed)


class GoodsImport:
    """Imports goods; a product is known by its SKU, so that a second time changes nothing."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    async def check(self, goods: Sequence[Goods]) -> Imported:
        """What importing would do; raises UserError as `run` does."""

        async def work(unit: UnitOfWork) -> Imported:
            return (await self._plan(unit, goods)).outcome

        return await self._session.read(work)

    async def run(self, goods: Sequence[Goods]) -> Imported:
        """Import all in one transaction; every store on this device carries it from then on.

        Raises GoodsFileError for what the catalogue has otherwise, and UserError where there is no
        store.
        """

        async def work(unit: UnitOfWork) -> Imported:
            return await self.write(unit, goods)

        return await self._session.write(work)

    async def write(self, unit: UnitOfWork, goods: Sequence[Goods]) -> Imported:
        """Import within a transaction, as `run` does."""
        plan = await self._plan(unit, goods)
        for collection, documents in plan.inserts.items():
            for at in range(0, len(documents), _BATCH):
                batch = documents[at : at + _BATCH]
                await unit.insert_all(collection, _INSERT.format(collection), batch)
        for collection, fields in plan.merges:
            await papers.merge(unit, collection, fields, to_iso(self._now()))
        return plan.outcome

    async def _plan(self, unit: UnitOfWork, goods: Sequence[Goods]) -> _Plan:
        stores = [str(row["store_id"]) for row in await unit.query(_STORES, {})]
        if not stores:
            raise UserError("There is no store on this device yet: start Zava, and begin one.")
        there = _There(
            await unit.query(_PRODUCTS, {}),
            await unit.query(_CODES, {}),
            await unit.query(_CATEGORIES, {}),
            await unit.query(_TYPES, {}),
        )
        plan = _Plan()
        planner = _Planner(there, plan, to_iso(self._now()))
        product_ids = [planner.add(one) for one in goods]
        if planner.problems:
            raise GoodsFileError(planner.problems)
        for store_id in stores:
            items = await unit.query(_ITEMS, {"store_id": store_id})
            carried = {row.get("product_id") for row in items}
            for product_id in product_ids:
                if product_id not in carried:
                    plan.insert(INVENTORY, new_item(store_id, product_id, planner.at))
        plan.outcome.stores = len(stores)
        return plan


class _There:
    """What this device has already, ready to be looked up."""

    def __init__(
        self,
        products: Iterable[Row],
        codes: Iterable[Row],
        categories: Iterable[Row],
        types: Iterable[Row],
    ) -> None:
        self.by_sku: dict[str, Row] = {}
        self.names: dict[str, str] = {}
        # One that is sold wins over one that no longer is.
        for row in sorted(products, key=lambda one: not one.get("deleted")):
            if key := code_key(str(row.get("sku") or "")):
                self.by_sku[key] = row
            self.names[row["_id"]] = str(row.get("product_name") or row["_id"])
        self.codes = {str(row["_id"]): row for row in codes}
        self.holders: dict[str, set[str]] = {}
        for row in self.codes.values():
            if not row.get("deleted"):
                key = code_key(str(row.get("code") or ""))
                self.holders.setdefault(key, set()).add(str(row.get("product_id")))
        self.categories = _by_name(categories, "category_name")
        self.types = {
            (str(row.get("category_id")), str(row.get("type_name") or "").casefold()): row
            for row in types
        }


def _by_name(rows: Iterable[Row], name: str) -> dict[str, Row]:
    return {str(row.get(name) or "").casefold(): row for row in rows}


class _Planner:
    """Plans what each of the goods needs; `problems` are what the catalogue has otherwise."""

    def __init__(self, there: _There, plan: _Plan, at: str) -> None:
        self.problems: list[Problem] = []
        self.at = at
        self._there = there
        self._plan = plan

    def add(self, goods: Goods) -> str:
        """Plan a product; returns its id."""
        category_id = self._category(goods.category)
        stored = self._there.by_sku.get(code_key(goods.sku))
        if stored is None:
            product_id = id_of("prod", goods.sku, "-")
            type_id = self._type(category_id, goods.category)
            self._plan.insert(PRODUCTS, _product(goods, product_id, category_id, type_id, self.at))
            self._plan.outcome.new += 1
            is_changed = False
        else:
            product_id = str(stored["_id"])
            is_changed = self._change(goods, stored, category_id)
        for code, units in goods.codes:
            is_changed |= self._code(goods, product_id, code, units)
        if stored is not None:
            self._plan.outcome.changed += is_changed
            self._plan.outcome.same += not is_changed
        return product_id

    def _change(self, goods: Goods, stored: Row, category_id: str) -> bool:
        fields: dict[str, Any] = {
            "product_name": goods.name,
            "base_price": float(goods.price),
            "deleted": False,
        }
        if stored.get("category_id") != category_id:
            type_id = self._type(category_id, goods.category)
            fields |= {"category_id": category_id, "type_id": type_id}
        if goods.cost is not None:
            fields["cost"] = float(goods.cost)
        cost = number(fields.get("cost", stored.get("cost")))
        was = stored.get("cost"), stored.get("base_price")
        if cost is not None and (cost, fields["base_price"]) != was:
            fields["gross_margin_percent"] = _margin(goods.price, Decimal(str(cost)))
        if goods.description is not None:
            fields["product_description"] = goods.description
        return self._plan.merge(PRODUCTS, {"product_id": stored["_id"]}, stored, fields)

    def _code(self, goods: Goods, product_id: str, code: NewCode, units: int) -> bool:
        """Plan a code; whether that changes anything."""
        there = self._there
        others = {one for form in code.forms for one in there.holders.get(form, ())}
        with_sku = (there.by_sku.get(form) for form in code.forms)
        others |= {str(row["_id"]) for row in with_sku if row and not row.get("deleted")}
        if others := others - {product_id}:
            names = " and ".join(sorted(there.names.get(one, one) for one in others))
            said = f"{code.code} is known already for {names}: remove it there, or leave it out."
            self.problems.append(Problem(goods.line, "codes", said))
            return False
        identity = code_id(code.forms[0], product_id)
        stored = there.codes.get(identity)
        if stored is None:
            document = code_document(code, product_id, units, "", "", self.at)
            self._plan.insert(PRODUCT_CODES, document)
        elif not self._plan.merge(
            PRODUCT_CODES, {"code_id": identity}, stored, {"units": units, "deleted": False}
        ):
            return False
        self._plan.outcome.codes += 1
        return True

    def _category(self, name: str) -> str:
        stored = self._there.categories.get(name.casefold())
        if stored is not None:
            category_id = str(stored["category_id"])
            key = {"category_id": category_id}
            self._plan.merge(CATEGORIES, key, stored, {"deleted": False})
            return category_id
        category: Category = {
            "category_id": id_of("cat", name, " "),
            "category_name": name,
            "seasonal_multipliers": dict.fromkeys(MONTHS, 1.0),
            **_made(self.at),
        }
        self._there.categories[name.casefold()] = category
        self._plan.insert(CATEGORIES, category)
        self._plan.outcome.categories += 1
        return category["category_id"]

    def _type(self, category_id: str, name: str) -> str:
        """The type of products of which nothing but the category is known: one of its name."""
        key = category_id, name.casefold()
        if (stored := self._there.types.get(key)) is not None:
            return str(stored["type_id"])
        kind: ProductType = {
            "type_id": f"{TYPE_OF_CATEGORY}{category_id.removeprefix('cat_')}",
            "type_name": name,
            "category_id": category_id,
            **_made(self.at),
        }
        self._there.types[key] = kind
        self._plan.insert(PRODUCT_TYPES, kind)
        return kind["type_id"]


def _product(goods: Goods, product_id: str, category_id: str, type_id: str, at: str) -> Product:
    cost = reckoned_cost(goods.price) if goods.cost is None else goods.cost
    return {
        "cost": float(cost),
        "gross_margin_percent": _margin(goods.price, cost),
        "product_id": product_id,
        "sku": goods.sku,
        "product_name": goods.name,
        "category_id": category_id,
        "type_id": type_id,
        "base_price": float(goods.price),
        "product_description": goods.description or "",
        "image_url": "",
        "specifications": {},
        **_made(at),
    }


def _margin(price: Decimal, cost: Decimal) -> float:
    return float((100 * (price - cost) / price).quantize(CENT, ROUND_HALF_UP))


def _made(at: str) -> Document:
    return {"deleted": False, "created_at": at, "updated_at": at}
