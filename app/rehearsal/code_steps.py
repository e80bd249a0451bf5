"""The steps of a rehearsal with codes of products: teaching, taking back, and scanning packs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.rehearsal.steps import Item, MayRefuse, Quantity

CodeText = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{3,30}$")]


class OfCode(MayRefuse):
    """A step with a code, as a scanner sends it."""

    code: CodeText


class Teach(OfCode):
    """Teach a code of an item with so many units in what carries it.

    Where other products have it this is refused, unless it is taught `beside` or `instead` of them.
    """

    do: Literal["teach"]
    item: Item
    units: Quantity = 1
    how: Literal["first", "beside", "instead"] = "first"


class Unteach(OfCode):
    """Take back what this peer taught last about a code."""

    do: Literal["unteach"]


class ScanPack(OfCode):
    """Scan a unit or a pack, `packs` times: receive it, order it, or count and post it.

    Refused where the code is unknown, or several products have it.
    """

    do: Literal["scan"]
    into: Literal["receive", "order", "count"] = "receive"
    packs: Annotated[int, Field(ge=1, le=20)] = 1


CodeStep = Teach | Unteach | ScanPack
