"""RowsTable and what it paints."""

from __future__ import annotations

from html import escape

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from app.ui.core.appearance import Appearance
from app.ui.core.bindings import Binding
from app.ui.core.choice_table import ChoiceTable
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from tests.helpers.hands import cells, click_header
from tests.helpers.menus import popup, right_click, said
from tests.helpers.waiting import collect

COLUMNS = (
    Column[str]("Name", lambda one: Cell(one, f"below {one}", bold=True)),
    Column[str]("Badge", lambda one: Cell(one, tone="danger", pill=True), 90, right=True),
)


@pytest.fixture
def model() -> RowsModel[str]:
    """No rows yet."""
    return RowsModel[str](COLUMNS, lambda one: one)


@pytest.fixture
def table(qtbot: QtBot, appearance: Appearance, model: RowsModel[str]) -> RowsTable:
    """A table of 400 by 300 pixels on the screen."""
    table = RowsTable(model, appearance, "Things")
    table.resize(400, 300)
    qtbot.addWidget(table)
    with qtbot.waitExposed(table):
        table.show()
    return table


def test_enter_opens_the_selected_row(table: RowsTable, model: RowsModel[str]):
    model.set_rows(["a", "b", "c"])
    opened = collect(table.opened)
    table.select(0)
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    QTest.keyClick(table, Qt.Key.Key_Enter)
    assert opened == ["b", "b"]


def test_enter_opens_nothing_where_nothing_is_selected(table: RowsTable, model: RowsModel[str]):
    opened = collect(table.opened)
    QTest.keyClick(table, Qt.Key.Key_Return)
    model.set_rows(["a"])
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert opened == []


def test_a_click_opens_the_row(table: RowsTable, model: RowsModel[str]):
    model.set_rows(["a", "b"])
    opened = collect(table.opened)
    place = table.visualRect(model.index(1, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened == ["b"]


def test_a_click_only_selects_where_rows_do_not_open(
    qtbot: QtBot, appearance: Appearance, model: RowsModel[str]
):
    table = ChoiceTable(model, appearance, "Things", open_on_click=False)
    qtbot.addWidget(table)
    table.resize(400, 300)
    table.show()
    model.set_rows(["a", "b"])
    opened, selected = collect(table.opened), collect(table.selected)
    place = table.visualRect(model.index(1, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (opened, selected) == ([], ["b"])


def test_the_selection_follows_its_row(table: RowsTable, model: RowsModel[str]):
    model.set_rows(["a", "b", "c"])
    table.select(2)
    model.set_rows(["c", "a", "b"])
    assert table.current() == "c"
    assert table.currentIndex().row() == 0


@pytest.mark.parametrize("at", [-1, 3, 99])
def test_a_row_that_is_not_there_is_not_selected(table: RowsTable, model: RowsModel[str], at: int):
    model.set_rows(["a", "b", "c"])
    table.select(at)
    assert table.current() is None


def test_the_empty_text_stands_there_only_while_there_are_no_rows(
    table: RowsTable, model: RowsModel[str]
):
    (label,) = table.viewport().findChildren(QLabel)
    assert not label.isVisible()
    table.set_empty_text("Nothing here.")
    assert label.isVisible()
    assert table.viewport().rect().contains(label.geometry())
    model.set_rows(["a"])
    assert not label.isVisible()
    model.set_rows([])
    assert label.isVisible()


def test_columns_fill_the_table_and_never_overflow(table: RowsTable, model: RowsModel[str]):
    model.set_rows(["W" * 10_000])
    header = table.horizontalHeader()
    assert header.length() == table.viewport().width()
    table.resize(600, 300)
    assert header.length() == table.viewport().width()
    assert header.sectionSize(1) == 90
    # A number stays close to the name that it belongs to.
    table.resize(1900, 300)
    assert header.sectionSize(0) == 560
    assert header.sectionSize(1) == 126


def shown(table: RowsTable) -> list[str]:
    return [one[0] for one in cells(table)]


def test_a_click_on_a_header_sorts_and_the_choice_stays(
    qtbot: QtBot, appearance: Appearance, model: RowsModel[str]
):
    table = ChoiceTable(model, appearance, "Things")
    qtbot.addWidget(table)
    table.resize(400, 300)
    table.show()
    given = ["10", "b", "9", "1,000", "a", "\N{MINUS SIGN}5"]
    table.show_rows(given)
    table.choose("9")
    click_header(table, 0)
    up = ["\N{MINUS SIGN}5", "9", "10", "1,000", "a", "b"]
    assert shown(table) == up
    assert table.current() == "9"
    # What is new has its place, and what is shown anew stays sorted.
    table.show_rows([*given, "11"])
    assert shown(table) == [*up[:3], "11", *up[3:]]
    assert table.current() == "9"
    table.show_rows(given)
    click_header(table, 0)
    assert shown(table) == up[::-1]
    click_header(table, 0)
    assert shown(table) == given
    assert table.current() == "9"


def press_in_menu(table: RowsTable, opens: tuple[Qt.Key, Qt.KeyboardModifier], key: str) -> None:
    QTest.keyClick(table, *opens)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    QTest.keyClicks(menu, key)


@pytest.mark.parametrize(
    "opens",
    [
        (Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_the_keyboard_sorts_by_every_column(
    table: RowsTable,
    model: RowsModel[str],
    qapp: QApplication,
    opens: tuple[Qt.Key, Qt.KeyboardModifier],
):
    given = ["b", "c", "a"]
    model.set_rows(given)
    table.select(0)
    press_in_menu(table, opens, "2")
    assert shown(table) == ["a", "b", "c"]
    assert table.horizontalHeader().sortIndicatorSection() == 1
    assert table.current() == "b"
    press_in_menu(table, opens, "2")
    assert shown(table) == ["c", "b", "a"]
    press_in_menu(table, opens, "1")
    assert shown(table) == ["a", "b", "c"]
    press_in_menu(table, opens, "0")
    assert shown(table) == given
    assert QApplication.activePopupWidget() is None


def test_the_menu_names_what_can_be_sorted_and_by_what_it_is(
    table: RowsTable, model: RowsModel[str], qapp: QApplication
):
    table.setColumnHidden(0, True)
    click_header(table, 1)
    QTest.keyClick(table, Qt.Key.Key_Menu)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    shown = [(one.text(), one.isChecked()) for one in menu.actions() if one.isCheckable()]
    assert shown == [("&1 Badge, the other way", True), ("&0 Own order", False)]
    menu.close()


def test_a_table_that_has_its_one_order_has_nothing_to_sort(
    qtbot: QtBot, appearance: Appearance, model: RowsModel[str]
):
    table = RowsTable(model, appearance, "Things", sortable=False)
    qtbot.addWidget(table)
    table.show()
    QTest.keyClick(table, Qt.Key.Key_Menu)
    assert said(popup()) == ["Colum&ns"]


def put(model: RowsModel[str], *rows: str) -> None:
    model.set_rows(rows)


def click(
    table: RowsTable, at: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    place = table.visualRect(table.model().index(at, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, held, place)


def test_ctrl_and_shift_choose_several_rows_and_open_none(table: RowsTable, model: RowsModel[str]):
    put(model, "a", "b", "c", "d")
    opened = collect(table.opened)
    click(table, 0)
    click(table, 2, Qt.KeyboardModifier.ControlModifier)
    assert (opened, table.chosen()) == (["a"], ["a", "c"])
    # What arrives leaves them chosen.
    put(model, "0", "a", "b", "c", "d")
    assert table.chosen() == ["a", "c"]
    table.select(1)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert table.chosen() == ["a", "b"]
    QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(table.chosen()) == 5
    click(table, 4, Qt.KeyboardModifier.ShiftModifier)
    assert opened == ["a"]
    table.unselect()
    assert (table.chosen(), table.current()) == ([], None)


def test_one_row_is_chosen_where_something_follows_the_choice(
    qtbot: QtBot, appearance: Appearance, model: RowsModel[str]
):
    table = ChoiceTable(model, appearance, "Things")
    qtbot.addWidget(table)
    table.show_rows(["a", "b"])
    table.select(0)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert table.chosen() == ["b"]


def test_ctrl_c_copies_the_chosen_rows_with_the_columns_as_shown(
    table: RowsTable, model: RowsModel[str]
):
    put(model, "=1+1", "b", "\N{MINUS SIGN}1,234")
    table.select(0)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "'=1+1\tbelow =1+1\t'=1+1\nb\tbelow b\tb"
    table.columns.move(1, -1)
    table.select(2)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == ("-1,234\t-1,234\tbelow \N{MINUS SIGN}1,234")
    table.columns.hide(0)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "-1,234"


def test_the_menu_of_a_row_has_what_can_be_done_with_it(table: RowsTable, model: RowsModel[str]):
    put(model, "a", "b")
    done: list[list[str]] = []
    is_one = lambda: len(table.chosen()) == 1  # noqa: E731
    table.offer(
        Binding("L", "Print labels", lambda: done.append(table.chosen())),
        Binding("F2", "Change A & B", lambda: None, when=is_one),
    )
    opened = collect(table.opened)
    menu = right_click(table.viewport(), table.visualRect(model.index(1, 0)).center())
    assert said(menu) == [
        "Open\tEnter",
        "Print &labels\tL",
        "Change A && B\tF2",
        "Copy the row\tCtrl+C",
        "Copy: b",
        "Copy: below b",
    ]
    QTest.keyClicks(menu, "l")
    assert (done, opened) == ([["b"]], [])
    right_click(table.viewport(), table.visualRect(model.index(0, 0)).center())
    (action,) = [one for one in popup().actions() if one.text() == "Copy: below a"]
    action.trigger()
    popup().close()
    assert QApplication.clipboard().text() == "below a"
    # With several rows what is for one is grey; by keyboard the list is in the same menu.
    click(table, 1, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(table, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    menu = popup()
    grey = [one.text() for one in menu.actions() if not one.isEnabled() and not one.isSeparator()]
    assert grey == ["Change A && B\tF2", "Sort by"]
    assert said(menu)[3:] == [
        *("Copy 2 rows\tCtrl+C", "Copy a te&xt"),
        *("Sort by", "&1 Name", "&2 Badge", "&0 Own order", "Colum&ns"),
    ]
    QTest.keyClicks(menu, "x")
    assert said(popup()) == ["Name: b", "Name: below b", "Badge: b"]
    popup().close()
    menu.close()


def test_what_can_only_be_looked_at_is_not_offered_to_be_opened(
    qtbot: QtBot, appearance: Appearance, model: RowsModel[str]
):
    table = RowsTable(model, appearance, "Things", open_on_click=False)
    qtbot.addWidget(table)
    table.resize(400, 300)
    table.show()
    put(model, "a")
    menu = right_click(table.viewport(), table.visualRect(model.index(0, 0)).center())
    assert said(menu) == ["Copy the row\tCtrl+C", "Copy: a", "Copy: below a"]
    menu.close()


def test_a_cut_cell_shows_all_of_it_under_the_mouse(
    table: RowsTable, model: RowsModel[str], monkeypatch: pytest.MonkeyPatch
):
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _, text, *__: told.append(text))
    long = "<b>a name</b> " * 30
    put(model, "short", long)
    for at in ((0, 0), (0, 1), (1, 0), (1, 1)):
        place = table.visualRect(model.index(*at)).center()
        where = table.viewport().mapToGlobal(place)
        QApplication.sendEvent(table.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, where))
    assert told[:2] == ["", ""]
    assert f"{escape(long)}</p>" in told[2] and f"below {escape(long)}" in told[2]
    assert told[3].count(escape(long)) == 1


def test_rows_of_the_same_value_keep_their_order_and_unknown_ones_are_last(qtbot: QtBot):
    column = Column[tuple[str, int | None]]("", lambda one: Cell(one[0]), order=lambda one: one[1])
    model = RowsModel[tuple[str, int | None]]((column,), lambda one: one[0])
    model.set_rows([("a", 2), ("b", None), ("c", 1), ("d", 2)])
    model.sort(0)
    assert "".join(one[0] for one in model.rows) == "cadb"
    model.sort(0, Qt.SortOrder.DescendingOrder)
    assert "".join(one[0] for one in model.rows) == "adcb"
    model.sort(-1)
    assert "".join(one[0] for one in model.rows) == "abcd"


def test_a_part_of_a_list_is_not_sorted(table: RowsTable, model: RowsModel[str]):
    model.set_rows(["b", "a"])
    table.set_complete(False)
    click_header(table, 0)
    assert shown(table) == ["b", "a"]
    table.set_complete(True)
    click_header(table, 0)
    assert shown(table) == ["a", "b"]
    table.set_complete(False)
    assert shown(table) == ["b", "a"]
    # Where all of it can be shown, it is, and then sorted.
    asked = [True]
    table.set_complete(False, asked.pop)
    click_header(table, 0)
    assert not asked
    assert shown(table) == ["b", "a"]
    model.set_rows(["b", "a", "c"])
    table.set_complete(True)
    assert shown(table) == ["a", "b", "c"]


def test_a_list_of_which_a_part_is_shown_is_sorted_where_it_comes_from(
    qtbot: QtBot, appearance: Appearance, monkeypatch: pytest.MonkeyPatch
):
    columns = (
        Column[str]("Name", lambda one: Cell(one), 100, key="name"),
        Column[str]("Length", lambda one: Cell(str(len(one))), 90, unsortable="Look above."),
    )
    table = ChoiceTable(RowsModel[str](columns, lambda one: one), appearance, "Things")
    qtbot.addWidget(table)
    table.resize(400, 300)
    table.show()
    said: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _, text, *__: said.append(text))
    asked: list[tuple[str | None, bool]] = []
    table.sort_by_keys(lambda key, descending: asked.append((key, descending)))
    header = table.horizontalHeader()
    table.show_rows(["b", "ccc", "aa"])
    table.set_complete(False)
    click_header(table, 0)
    # They are given in the new order, a moment later.
    assert (asked, shown(table)) == ([("name", False)], ["b", "ccc", "aa"])
    table.choose("b")
    table.show_rows(["a", "aa", "b", "c"])
    table.set_complete(False)
    assert (header.isSortIndicatorShown(), header.sortIndicatorSection()) == (True, 0)
    assert (shown(table), table.current()) == (["a", "aa", "b", "c"], "b")
    click_header(table, 0)
    assert asked[1:] == [("name", True)]
    # What cannot be sorted says why, and leaves the list as it is sorted.
    click_header(table, 1)
    assert said == ["Look above."]
    assert set(asked[2:]) <= {("name", True)}
    assert header.sortIndicatorSection() == 0
    # All of a list is sorted here by what its column shows; the list has its own order then.
    table.set_complete(True)
    asked.clear()
    click_header(table, 1)
    assert asked == [(None, False)]
    assert shown(table) == ["a", "b", "c", "aa"]
    click_header(table, 0)
    assert asked[1:] == [("name", False)]
    assert shown(table) == ["a", "aa", "b", "c"]
    for _ in range(2):
        click_header(table, 0)
    assert asked[2:] == [("name", True), (None, False)]
    assert header.sortIndicatorSection() == -1


def test_a_column_is_as_wide_as_a_person_makes_it(table: RowsTable, model: RowsModel[str]):
    model.set_rows(["a"])
    header = table.horizontalHeader()
    edge = QPoint(header.sectionViewportPosition(1) - 1, header.height() // 2)
    QTest.mousePress(header.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    QTest.mouseMove(header.viewport(), edge - QPoint(60, 0))
    QTest.mouseRelease(header.viewport(), Qt.MouseButton.LeftButton, pos=edge - QPoint(60, 0))
    by_hand = header.sectionSize(0)
    assert 200 < by_hand < 260
    table.resize(900, 300)
    assert header.sectionSize(0) == by_hand


def test_a_double_click_between_headers_fits_the_longest_text(
    table: RowsTable, model: RowsModel[str]
):
    model.set_rows(["a", "a name that is longer than ninety pixels"])
    table.resizeColumnToContents(1)
    assert table.horizontalHeader().sectionSize(1) > 250


EXTREME = {
    "empty": "",
    "long": "W" * 10_000,
    "long words": "word " * 5_000,
    "newlines": "a\nb\r\nc\u2029d",
    "emoji": "🔨👩🏽‍🏭" * 200,
    "right to left": "\u202eמסור \u0645\u0637\u0631\u0642\u0629" * 50,
    "combining": "Z" + "\u0301" * 500,
    "markup": "<b>&amp;</b><img src='x'>",
    "control": "\x00\x1b[31m\x7f",
    "lone surrogate": "\ud83d",
}


@pytest.mark.parametrize("look", ["light", "dark", "contrast"])
@pytest.mark.parametrize("text", EXTREME.values(), ids=EXTREME.keys())
def test_extreme_texts_are_painted_inside_their_cells(
    table: RowsTable, model: RowsModel[str], appearance: Appearance, text: str, look: str
):
    appearance.choose(look)
    model.set_rows([text])
    table.select(0)
    picture = table.grab().toImage()
    assert picture.size().width() == 400
    # The row below stays untouched.
    assert _colours(picture, table, 1) == {QColor(appearance.tokens.surface).name()}


@pytest.mark.parametrize("tone", ["", "ok", "warn", "danger", "muted", "unheard of"])
@pytest.mark.parametrize("pill", [True, False])
@pytest.mark.parametrize("look", ["light", "dark", "contrast"])
def test_every_tone_paints_something(
    qtbot: QtBot, appearance: Appearance, tone: str, pill: bool, look: str
):
    appearance.choose(look)
    columns = (Column[str]("Text", lambda one: Cell(one, tone=tone, pill=pill)),)
    model = RowsModel[str](columns, lambda one: one)
    table = RowsTable(model, appearance, "Things")
    qtbot.addWidget(table)
    table.resize(300, 150)
    table.show()
    model.set_rows(["MMMM"])
    assert len(_colours(table.grab().toImage(), table, 0)) > 2


def _colours(picture: QImage, table: RowsTable, row: int) -> set[str]:
    """The colours of a row, without its lower border and the frame of the table."""
    height = table.verticalHeader().defaultSectionSize()
    top = table.viewport().y() + row * height + 1
    left, right = table.viewport().x() + 2, table.viewport().x() + table.viewport().width() - 2
    return {
        picture.pixelColor(x, y).name()
        for y in range(top, top + height - 3)
        for x in range(left, right, 2)
    }
