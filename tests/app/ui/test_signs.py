"""A sign in front of a number: so many more or fewer, on every screen that takes quantities."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt

from app.domain.entities import Role
from app.ui.core import sign_keys
from app.ui.core.product_line import ProductLine
from app.ui.core.quantity_table import QuantityTable
from tests.helpers import typing_stages as stages
from tests.helpers.hands import SKU, Hands, cells, focus, texts
from tests.helpers.waiting import settle, until
from tests.helpers.wedge import Wedge

pytestmark = pytest.mark.asyncio(loop_scope="module")

Prepare = Callable[[Hands], Awaitable[None]]
SLOWLY, QUICKLY = (400, 300, 350), (400, 90, 70)
"""Milliseconds in front of each key: the second one comes before the first has acted."""

each_screen = pytest.mark.parametrize(
    ("prepare", "title"),
    [
        (stages.cart, "Quantity"),
        (stages.receipt, "Received"),
        (stages.supply, "Order"),
        (stages.transfer, "Now"),
    ],
    ids=["order", "receive", "reorder", "transfers"],
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mona(person: Hands) -> AsyncIterator[Hands]:
    """A manager, who has all screens, at a computer that may be slow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sign_keys, "LATELY_MS", 600_000)
        await person.begin(Role.MANAGER, name="Mona")
        yield person
        stages.clean(person)
        await person.rest()


class Lines:
    """The first line on the screen that is shown."""

    def __init__(self, hands: Hands, title: str) -> None:
        self.hands = hands
        (self.table,) = (
            one for one in hands.workplace.current.findChildren(QuantityTable) if one.isVisible()
        )
        (self.line,) = (
            one for one in hands.workplace.current.findChildren(ProductLine) if one.isVisible()
        )
        titles = [one.title for one in self.table._model.columns]
        self.column = titles.index(title)

    @property
    def units(self) -> int:
        return int(cells(self.table)[0][self.column])

    async def begin_with(self, units: int) -> None:
        """So many, and the keyboard is on the lines."""
        self.table.setFocus()
        self.table.select(0)
        await self.hands.type(str(units))
        await self.hands.press(Qt.Key.Key_Return)
        await self.become(units)
        self.table.setFocus()
        self.table.select(0)

    async def become(self, units: int) -> None:
        await until(lambda: self.units == units, f"{units}, not {self.units}")
        await self.hands.rest()


@each_screen
@pytest.mark.parametrize("gaps", [SLOWLY, QUICKLY], ids=["slowly", "quickly"])
async def test_a_number_with_a_sign_is_more_or_fewer(
    mona: Hands, prepare: Prepare, title: str, gaps: tuple[int, ...]
) -> None:
    await prepare(mona)
    lines, wedge = Lines(mona, title), Wedge(mona.client._scanner)
    await lines.begin_with(20)
    for typed, units in (("-5", 15), ("+12", 27)):
        lines.table.setFocus()
        lines.table.select(0)
        wedge.rest()
        for char, gap in zip(typed, gaps, strict=False):
            wedge.type(char, [gap])
            if gaps is SLOWLY:
                wedge.rest()
                await settle()
        wedge.rest()
        await mona.press(Qt.Key.Key_Return)
        await lines.become(units)


@each_screen
async def test_a_sign_alone_is_one_unit_and_a_field_knows_signs(
    mona: Hands, prepare: Prepare, title: str
) -> None:
    await prepare(mona)
    lines = Lines(mona, title)
    await lines.begin_with(20)
    await mona.type("-")
    await lines.become(19)
    await mona.type("++")
    await lines.become(21)
    await mona.press(Qt.Key.Key_Return)
    await mona.type("-6")
    await mona.press(Qt.Key.Key_Return)
    await lines.become(15)
    lines.table.select(0)
    lines.line.setFocus()
    await mona.type("+3")
    assert any("3 more of" in one for one in texts(lines.line))
    await mona.press(Qt.Key.Key_Return)
    await lines.become(18)
    lines.table.setFocus()
    lines.table.select(0)
    await mona.press(Qt.Key.Key_Return)
    await mona.type("-19")
    await mona.press(Qt.Key.Key_Return)
    assert "“-19” is more than the 18 that are there: type how many." in texts(
        mona.workplace.current
    )
    assert lines.units == 18
    await mona.press(Qt.Key.Key_Escape)


@each_screen
async def test_a_number_that_is_no_quantity_finds_no_product(
    mona: Hands, prepare: Prepare, title: str
) -> None:
    await prepare(mona)
    lines = Lines(mona, title)
    lines.table.select(0)
    listed, units = len(cells(lines.table)), lines.units
    for typed in ("1.5", "2,5"):
        lines.line.setFocus()
        await mona.type(typed)
        await mona.press(Qt.Key.Key_Return)
        await mona.rest()
        said = texts(mona.workplace.current)
        assert any("must be a whole number, for example 3." in one for one in said)
        assert (len(cells(lines.table)), lines.units) == (listed, units)
        await mona.press(Qt.Key.Key_Escape)


async def test_a_sign_whose_line_is_gone_leads_to_no_other_line(mona: Hands) -> None:
    await stages.cart(mona)
    lines = Lines(mona, "Quantity")
    lines.table.setFocus()
    await mona.type("-52")
    assert len(cells(lines.table)) == 1
    # The minus has taken the line out.
    said = texts(mona.workplace.current)
    assert "-2 was not taken: the line that it is for is gone." in said
    assert lines.units == 1
    assert focus() is lines.table


async def test_a_count_is_in_all(mona: Hands) -> None:
    await stages.counting(mona)
    for typed in ("+5", "-5"):
        await mona.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        await mona.type(typed)
        await mona.press(Qt.Key.Key_Return)
        assert f"“{typed}”: type how many there are in all, without a sign." in texts(
            mona.workplace.current
        )
    stages.clean(mona)


@pytest.mark.parametrize("gaps", [SLOWLY, QUICKLY], ids=["slowly", "quickly"])
async def test_the_card_books_the_number_that_is_typed(mona: Hands, gaps: tuple[int, ...]) -> None:
    wedge = Wedge(mona.client._scanner)
    await mona.elsewhere(50)
    await mona.open()
    card, form = mona.workplace.product, mona.workplace.product.stock.form
    for typed, by in (("+12", 12), ("-5", -5), ("5", -5)):
        before = (await mona.item()).on_hand
        card.setFocus()
        wedge.rest()
        for char, gap in zip(typed, gaps, strict=False):
            wedge.type(char, [gap])
            if gaps is SLOWLY:
                wedge.rest()
                await settle()
        wedge.rest()
        assert focus() is form.quantity
        await mona.press(Qt.Key.Key_Return)
        await until(lambda: not form.quantity.text(), "it saved")
        await mona.rest()
        assert (await mona.item()).on_hand == before + by, typed


async def test_a_sign_on_the_card_is_one_unit_also_before_whatever_is_next(mona: Hands) -> None:
    await mona.open(SKU)
    before = (await mona.item()).on_hand
    mona.workplace.product.setFocus()
    for key in "+-++":
        await mona.type(key)
    await mona.rest()
    assert (await mona.item()).on_hand == before + 2
    # The screen is left before a digit could have come.
    wedge = Wedge(mona.client._scanner)
    wedge.press(Qt.Key.Key_Plus, text="+")
    await mona.press(Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    await mona.rest()
    assert (await mona.item()).on_hand == before + 3
