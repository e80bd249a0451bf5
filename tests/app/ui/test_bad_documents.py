"""A store full of bad documents: people sign in, every screen opens, and nothing ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from app.client import Client
from app.data.stock.catalogue import DittoCatalogue, Listing
from app.data.store.session import Session
from app.domain.entities import Role
from connector_config.schema.collections import INVENTORY, PRODUCTS, STOCK_MOVEMENTS, STORES, synced
from tests.helpers.hands import SKU, Hands, texts
from tests.helpers.nasty import VALUES, Bad, damaged, fields
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

_EACH = 3
"""Values that each field gets here; `test_reading` gives it all."""


# With these nobody could sign in, or a screen stayed empty, in 0.1.0.
_ONCE_FATAL = (
    (PRODUCTS, "base_price", "a comma"),
    (PRODUCTS, "base_price", "too large"),
    (PRODUCTS, "sku", "an int"),
    (INVENTORY, "location", "a text"),
    (INVENTORY, "stock_level", "a Decimal128"),
    (STORES, "tax_percent", "a comma"),
    (STORES, "location", "a text"),
    (STORES, "store_name", "an int"),
    (STOCK_MOVEMENTS, "reference", "a text"),
)


def sample() -> Iterator[Bad]:
    """Some values for each field, the next ones for the next field."""
    for name, field, value in _ONCE_FATAL:
        yield damaged(name, (field,), value)
    values = list(VALUES)
    at = 0
    for collection in synced():
        for path in fields(collection.name):
            for _ in range(_EACH):
                yield damaged(collection.name, path, values[at % len(values)])
                at += 1


@pytest.fixture
def unexpected() -> Iterator[list[str]]:
    """What the one place for unexpected failures hears."""
    heard: list[str] = []
    loop = asyncio.get_event_loop()
    before = loop.get_exception_handler()

    def hear(_: object, context: dict[str, Any]) -> None:
        error = context.get("exception")
        place = error.__traceback__ if isinstance(error, BaseException) else None
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
        heard.append(f"{context.get('message')}: {error!r} {where}")

    loop.set_exception_handler(hear)
    yield heard
    loop.set_exception_handler(before)


async def told(session: Session) -> None:
    """Wait until every live query has delivered."""
    await until(
        lambda: all(one._waiting.cancelled() for one in session._watches), "the live queries"
    )


async def put(session: Session, documents: list[Bad]) -> None:
    """Store documents as they are, however bad."""
    by_collection: dict[str, list[dict[str, Any]]] = {}
    for one in documents:
        by_collection.setdefault(one.collection, []).append(one.document)
    for name, its in by_collection.items():
        for at in range(0, len(its), 200):
            await session.query(
                f"INSERT INTO {name} DOCUMENTS (:documents) ON ID CONFLICT DO UPDATE",
                {"documents": its[at : at + 200]},
            )


async def test_everybody_signs_in_and_every_screen_opens(
    client: Client, person: Hands, unexpected: list[str]
) -> None:
    documents = list(sample())
    # While somebody works: observers hear of them, and go on.
    await person.begin(Role.MANAGER, name="Mona")
    await put(client.session, documents)
    await told(client.session)
    for role in Role:
        await person.begin(role, name="Mona")
        for name in person.workplace._routes:
            person.workplace.go(name)
            await told(client.session)
            await person.rest()
    await client.repositories.receiving.link_papers("store_seattle")
    assert unexpected == []
    assert len(documents) > 600


async def test_what_is_faulty_is_shown_and_not_sold_until_it_is_mended(
    client: Client, person: Hands, unexpected: list[str]
) -> None:
    await person.begin(Role.MANAGER, name="Mona")
    catalogue = client.repositories.catalogue
    found = catalogue.read(SKU).product
    assert found is not None
    product_id = found.product_id
    (product,) = await client.session.query(
        "SELECT base_price FROM products WHERE _id = :id", {"id": product_id}
    )
    price = "UPDATE products SET base_price = :price WHERE _id = :id"
    level = "UPDATE inventory SET stock_level = :level WHERE _id = :id"
    key = listing(client, product_id).key
    await client.session.query(price, {"id": product_id, "price": "12,50"})
    await client.session.query(level, {"id": key, "level": "7,5"})
    await until(lambda: listing(client, product_id).product.fault, "the fault")
    assert 'base_price is "12,50", which is no number' in listing(client, product_id).product.name
    person.workplace.open_product(product_id)
    card = person.workplace.product
    await until(lambda: any('stock_level is "7,5"' in one for one in texts(card)), "the card")
    order = person.workplace.go("order")
    person.workplace.scan(SKU)
    await until(lambda: any("base_price" in one for one in texts(order)), "the sentence")
    await client.session.query(price, {"id": product_id, "price": product["base_price"]})
    await client.session.query(level, {"id": key, "level": 40})
    await until(lambda: not listing(client, product_id).product.fault, "the mending")
    assert unexpected == []


async def test_a_sign_in_that_fails_says_so_and_can_be_tried_again(
    client: Client, unexpected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("nobody expected this")

    client.window.show()
    client.show_sign_in()
    screen = client.sign_in_screen
    assert screen is not None
    with monkeypatch.context() as patch:
        patch.setattr(DittoCatalogue, "_build_now", fail)
        screen.name.setText("Mona")
        screen.enter.click()
        assert not screen.enter.isEnabled()
        await until(screen.enter.isEnabled, "the answer")
    assert any("The catalogue cannot be loaded" in one for one in texts(screen))
    assert len(unexpected) == 1
    assert "ZeroDivisionError" in unexpected[0]
    monkeypatch.setattr("app.client._SAY_AFTER", 0.0)
    screen.enter.click()
    await until(lambda: any("Reading the catalogue of" in one for one in texts(screen)), "why")
    await until(lambda: client.workplace is not None, "the workplace")


def listing(client: Client, product_id: str) -> Listing:
    """A product as lists show it."""
    found = client.repositories.catalogue.listing(product_id)
    assert found is not None
    return found
