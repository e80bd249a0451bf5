"""What a step may merge into a document is part of the shape of that document."""

from __future__ import annotations

import types
import typing
from typing import Any, NotRequired

import pytest

from connector_config.schema import order_documents as orders
from connector_config.schema import paper_documents as papers
from connector_config.schema import stock_documents as stock

CHANGES: dict[Any, Any] = {
    papers.TransferChange: papers.Transfer,
    papers.PurchaseOrderChange: papers.PurchaseOrder,
    papers.GoodsReceiptChange: papers.GoodsReceipt,
    papers.StocktakeChange: papers.Stocktake,
    orders.OrderChange: orders.Order,
    orders.OversellCaseChange: orders.OversellCase,
    stock.InventoryChange: stock.Inventory,
}


def fields(shape: Any) -> dict[str, Any]:
    """The types of a shape's fields, whether they must be there or not."""
    hints = typing.get_type_hints(shape, include_extras=True)
    return {
        name: typing.get_args(hint)[0] if typing.get_origin(hint) is NotRequired else hint
        for name, hint in hints.items()
    }


def belongs(part: Any, whole: Any) -> bool:
    """Whether whatever has the one type is a part of something that has the other."""
    if typing.get_origin(part) is types.UnionType:
        return all(belongs(one, whole) for one in typing.get_args(part))
    if typing.get_origin(part) is dict:
        return typing.get_origin(whole) is dict and belongs(
            typing.get_args(part)[1], typing.get_args(whole)[1]
        )
    if typing.is_typeddict(part):
        known = fields(whole)
        return all(
            name in known and belongs(one, known[name]) for name, one in fields(part).items()
        )
    return bool(part == whole)


@pytest.mark.parametrize(
    ("new", "document"),
    [(orders.NewOrder, orders.Order), (orders.NewOrderItem, orders.OrderItem)],
)
def test_what_is_taken_on_a_device_is_all_that_a_document_can_have(new: Any, document: Any) -> None:
    assert fields(new) == fields(document)
    assert set(fields(new)) == new.__required_keys__


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_belongs_to_its_document(change: Any) -> None:
    assert fields(change)
    assert belongs(change, CHANGES[change])


def test_a_field_that_no_document_has_does_not_belong() -> None:
    for change, document in CHANGES.items():
        others = [one for one in CHANGES.values() if one is not document]
        assert not all(belongs(change, one) for one in others)
    assert not belongs(dict[str, papers.ExpectedLine], dict[str, papers.ReceivedLine])
    assert not belongs(dict[str, int], dict[str, str])
