"""The codes of products beside their SKUs, on the embedded store; all stores share them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from app.data.papers import papers
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.changes import Edit, Kind, NewlyMade
from app.domain.documents.codes import new_document, to_code
from app.domain.entities import Actor
from app.domain.errors import CodeKnownError, InvalidInputError
from app.domain.papers import Patch
from app.domain.product_codes import NewCode, TaughtCode, Teaching, check_units, new_code
from app.domain.rights import Right, check
from connector_config.errors import UserError
from connector_config.schema.collections import PRODUCT_CODES, ditto_id
from connector_config.schema.instants import to_iso

Cancel = Callable[[], None]

_OF_PRODUCT: Final = (
    "SELECT * FROM product_codes WHERE product_id = :product_id AND deleted = false LIMIT 200"
)
_ONE: Final = "SELECT * FROM product_codes WHERE _id = :id"
_SAME: Final = "SELECT * FROM product_codes WHERE lower(code) IN :forms LIMIT 200"
_WITH_SKU: Final = (
    "SELECT product_id FROM products WHERE lower(sku) IN :forms AND deleted = false LIMIT 200"
)
_PRODUCTS: Final = (
    "SELECT product_id, product_name FROM products WHERE product_id IN :product_ids "
    "AND deleted = false LIMIT 200"
)


_FORGOTTEN: Final = {"deleted": True}
_KNOWN: Final = {"deleted": False}


class ProductCodeRepository:
    """Teaches, corrects and forgets codes; a person's device knows them at once."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    def watch(self, product_id: str, on_codes: Callable[[list[TaughtCode]], None]) -> Cancel:
        """The codes of a product, single units first, now and after each change."""

        def on_rows(rows: list[Row]) -> None:
            codes = [code for row in rows if (code := to_code(row)) is not None]
            on_codes(sorted(codes, key=lambda one: (one.units, one.code)))

        return self._session.watch(_OF_PRODUCT, {"product_id": product_id}, on_rows)

    async def teach(
        self,
        text: str,
        product_id: str,
        units: int,
        actor: Actor,
        beside: bool = False,
        instead: bool = False,
    ) -> Teaching:
        """Make a scanned or typed text a code of a product, with so many units in what carries it.

        A code that the product has already gets these units. Raises InvalidInputError for what
        cannot be a code of this product, and CodeKnownError where other products have it, unless
        it is to be taught `beside` them: then a scan asks which one is meant. Taught `instead`, it
        is no code of theirs any more; a SKU stays one, and raises all the same.
        """
        check(actor, Right.TEACH_CODES)
        code = new_code(text)
        check_units(units)
        at = to_iso(self._now())
        document = new_document(code, product_id, units, actor, at)
        taught = _taught(document)

        async def work(unit: UnitOfWork) -> Teaching:
            moved = await _of_others(unit, code, product_id) if instead else ()
            patches = [Patch(PRODUCT_CODES, {**_key(other), **_FORGOTTEN}) for other in moved]
            edits, key = await papers.edited(unit, patches, at), {"number": taught.code}
            own = await _own(unit, code, product_id, beside)
            if own is None:
                own = next(iter(await unit.query(_ONE, {"id": _id(taught)})), None)
            if own is None:
                await papers.insert(unit, PRODUCT_CODES, document)
                edits.append(Edit(PRODUCT_CODES, _key(taught), _FORGOTTEN, _KNOWN))
                unit.note(NewlyMade(Kind.CODE, "", key, actor.device.device_id, edits))
                return Teaching(taught, moved=moved)
            merged = {**document, "code_id": own["code_id"]}
            merged["created_at"] = own.get("created_at") or at
            if own.get("deleted"):
                edits.append(Edit(PRODUCT_CODES, _key(_taught(merged)), _FORGOTTEN, _KNOWN))
            else:
                fields = {**_key(_taught(merged)), **_fields(_taught(merged))}
                edits += await papers.edited(unit, [Patch(PRODUCT_CODES, fields)], at)
            await papers.merge(unit, PRODUCT_CODES, merged, at)
            unit.note(NewlyMade(Kind.CODE, "", key, actor.device.device_id, edits))
            before = None if own.get("deleted") else to_code(own)
            return Teaching(_taught(merged), before, moved)

        return await self._session.write(work)

    async def undo(self, teaching: Teaching) -> None:
        """Take back what was taught; raises UserError where the code was changed since then."""
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> None:
            rows = await unit.query(_ONE, {"id": _id(teaching.code)})
            if not rows or rows[0].get("deleted") or to_code(rows[0]) != teaching.code:
                raise UserError(
                    f"{teaching.code.code} was changed since then: look at the product's codes."
                )
            before = teaching.before
            fields = {"deleted": True} if before is None else _fields(before)
            await papers.merge(unit, PRODUCT_CODES, {**_key(teaching.code), **fields}, at)
            for other in teaching.moved:
                await papers.merge(unit, PRODUCT_CODES, {**_key(other), "deleted": False}, at)

        await self._session.write(work)

    async def forget(self, code: TaughtCode, actor: Actor) -> None:
        """Mark a code as deleted; `restore` brings it back."""
        check(actor, Right.CORRECT_CODES)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> None:
            patch = Patch(PRODUCT_CODES, {**_key(code), **_FORGOTTEN})
            await papers.edit(unit, [patch], at, "", {"number": code.code}, Kind.CODE)

        await self._session.write(work)

    async def restore(self, code: TaughtCode, actor: Actor) -> None:
        """Bring back a code that was forgotten, as it was.

        Raises CodeKnownError where another product has got it meanwhile.
        """
        check(actor, Right.CORRECT_CODES)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> None:
            await _own(unit, new_code(code.code), code.product_id, beside=False)
            fields = {**_key(code), **_fields(code), "deleted": False}
            await papers.merge(unit, PRODUCT_CODES, fields, at)

        await self._session.write(work)


async def _of_others(unit: UnitOfWork, code: NewCode, product_id: str) -> tuple[TaughtCode, ...]:
    """What other products have a code by, their SKUs apart."""
    rows = await unit.query(_SAME, {"forms": list(code.forms)})
    codes = (to_code(row) for row in rows if not row.get("deleted"))
    return tuple(one for one in codes if one is not None and one.product_id != product_id)


async def _own(unit: UnitOfWork, code: NewCode, product_id: str, beside: bool) -> Row | None:
    """The document that this product has of a code already, if any; refuses what teach says."""
    forms = {"forms": list(code.forms)}
    same = await unit.query(_SAME, forms)
    with_sku = [row["product_id"] for row in await unit.query(_WITH_SKU, forms)]
    holders = [row.get("product_id") for row in same if not row.get("deleted") and to_code(row)]
    known = {str(one) for one in (*with_sku, *holders)}
    rows = await unit.query(_PRODUCTS, {"product_ids": sorted({*known, product_id})})
    names = {row["product_id"]: str(row.get("product_name") or row["product_id"]) for row in rows}
    if product_id not in names:
        raise InvalidInputError("product", "This product is no longer sold: choose another one.")
    if product_id in with_sku:
        raise InvalidInputError("code", f"Code: {code.code} is the SKU of this product already.")
    others = sorted(name for one, name in names.items() if one in known and one != product_id)
    if others and not beside:
        raise CodeKnownError(code.code, others, is_sku=bool(with_sku))
    own = [row for row in same if row.get("product_id") == product_id]
    return min(own, key=lambda row: bool(row.get("deleted")), default=None)


def _taught(document: Any) -> TaughtCode:
    code = to_code(document)
    assert code is not None, document
    return code


def _key(code: TaughtCode) -> dict[str, Any]:
    return {"code_id": code.code_id}


def _id(code: TaughtCode) -> Any:
    return ditto_id(PRODUCT_CODES, _key(code))


def _fields(code: TaughtCode) -> dict[str, Any]:
    fields = {"code": code.code, "units": code.units, "taught_by": code.taught_by}
    if code.taught_at is not None:
        fields["taught_at"] = to_iso(code.taught_at)
    return fields
