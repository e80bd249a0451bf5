"""What can happen in a rehearsal at the oversell desk."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.rehearsal.steps import Item, Name, OfPeer


class SeeCase(OfPeer):
    """See one case of an item at the desk, `short` units, explained by what these peers took."""

    do: Literal["see_case"]
    item: Item
    short: Annotated[int, Field(ge=1, le=1_000)]
    taken_by: list[Name]


class SeeNoCase(OfPeer):
    """See that an item has no case."""

    do: Literal["see_no_case"]
    item: Item


class SettleSale(OfPeer):
    """Settle the oldest sale of an item that is short, in one of the ways of the desk."""

    do: Literal["settle_sale"]
    item: Item
    how: Literal["transfer", "back_order", "swap", "cancel"]


DeskStep = SeeCase | SeeNoCase | SettleSale
