"""The steps of a rehearsal with what was oversold."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.rehearsal.steps import Item, Name, OfPeer


class SeeCase(OfPeer):
    """See that Oversold has one case of an item, `short` units, taken by these peers."""

    do: Literal["see_case"]
    item: Item
    short: Annotated[int, Field(ge=1, le=1_000)]
    taken_by: list[Name]


class SeeNoCase(OfPeer):
    """See that an item has no case."""

    do: Literal["see_no_case"]
    item: Item


class SettleSale(OfPeer):
    """Settle the oldest sale of an item that is short, in one of the ways that Oversold offers."""

    do: Literal["settle_sale"]
    item: Item
    how: Literal["transfer", "back_order", "swap", "cancel"]


OversellStep = SeeCase | SeeNoCase | SettleSale
