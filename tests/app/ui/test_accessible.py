"""Whoever does not see the screens can use them: names, roles, announcements, the order of Tab."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHeaderView, QWidget

from app.domain.entities import Role
from app.ui.core import announcing
from app.ui.core.rows import RowsModel
from app.ui.core.table import RowsTable
from app.ui.sales.screen import SalesScreen
from tests.helpers.hands import CONTROL, HAMMER, SKU, Hands, dialog
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

_NO_ROLE = (QAccessible.Role.NoRole, QAccessible.Role.Whitespace)


@pytest_asyncio.fixture(loop_scope="module")
async def manager(person: Hands) -> AsyncIterator[Hands]:
    """Mia, a manager, who sees every screen."""
    if person.client.workplace is None:
        await person.begin(Role.MANAGER, name="Mia")
    yield person
    if (left := dialog()) is not None:
        left.reject()
    await person.rest()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """What a screen reader is told from now on, and whether at once."""
    said: list[tuple[str, bool]] = []
    assertive = QAccessible.AnnouncementPoliteness.Assertive

    class Reader:
        """Stands where Qt hands events to the system's reader."""

        AnnouncementPoliteness = QAccessible.AnnouncementPoliteness

        @staticmethod
        def isActive() -> bool:
            return True

        @staticmethod
        def updateAccessibility(event: QAccessibleAnnouncementEvent) -> None:
            said.append((event.message(), event.politeness() == assertive))

    monkeypatch.setattr(announcing, "QAccessible", Reader)
    return said


def tree(widget: QWidget) -> Iterator[tuple[QAccessibleInterface, QWidget]]:
    """All that a screen reader finds in a widget, but for the cells of tables."""
    pending = [QAccessible.queryAccessibleInterface(widget)]
    while pending:
        one = pending.pop()
        found = one.object()
        if isinstance(found, QWidget):
            if found is not widget and not found.isVisibleTo(widget):
                continue
            yield one, found
            if isinstance(found, QAbstractItemView):
                continue
        pending += [one.child(at) for at in range(one.childCount())]


def faults(widget: QWidget) -> list[str]:
    """What has the keyboard, or can be pressed, without a name or a role."""
    found = []
    for one, control in tree(widget):
        name = one.text(QAccessible.Text.Name).strip()
        takes = control.focusPolicy() != Qt.FocusPolicy.NoFocus and control.isEnabled()
        if isinstance(control, QHeaderView) or not takes:
            continue
        if not name or one.role() in _NO_ROLE:
            found.append(f"{type(control).__name__} in {type(control.parentWidget()).__name__}")
        if isinstance(control, QAbstractItemView):
            found += _cells_without_text(control)
    return found


def _cells_without_text(view: QAbstractItemView) -> list[str]:
    model = view.model()
    if not isinstance(model, RowsModel):
        return []
    shown = [
        model.index(0, at).data(Qt.ItemDataRole.AccessibleTextRole) or model.columns[at].title
        for at in range(model.columnCount() if model.rowCount() else 0)
    ]
    return [] if all(shown) or "" not in shown else [f"{view.accessibleName()}: {shown}"]


async def test_the_search_for_what_has_no_name_finds_it(manager: Hands):
    """The check itself can fail."""
    stray = QDialog(manager.workplace)
    field = QWidget(stray)
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    stray.show()
    assert faults(stray) == ["QWidget in QDialog"]
    stray.close()
    stray.deleteLater()


async def test_every_screen_has_names_for_all_that_takes_the_keyboard(manager: Hands):
    wrong = {}
    for name in manager.workplace._routes:
        screen = manager.workplace.go(name)
        await settle()
        if found := faults(manager.window):
            wrong[name] = found
        assert manager.window.windowTitle() == f"{screen.windowTitle()}, Seattle, Zava"
    assert wrong == {}


async def test_a_table_that_remembers_its_columns_has_a_name_of_its_own(manager: Hands):
    kept: dict[str, set[tuple[str, ...]]] = {}
    for name in manager.workplace._routes:
        for table in manager.workplace.make(name).findChildren(RowsTable):
            if not table.horizontalHeader().isHidden():
                titles = tuple(one.title for one in table._model.columns)
                kept.setdefault(table.accessibleName(), set()).add(titles)
    assert len(kept) > 15
    assert [name for name, several in kept.items() if len(several) > 1] == []


async def test_the_card_and_its_dialogs_have_names(manager: Hands):
    await manager.open()
    assert faults(manager.window) == []
    card = manager.workplace.product
    shown = QAccessible.queryAccessibleInterface(card)
    assert shown.text(QAccessible.Text.Name) == f"Product card: {HAMMER}"
    assert manager.window.windowTitle() == f"{HAMMER}, Seattle, Zava"
    for key in ("m", "l"):
        card.setFocus()
        await manager.type(key)
        await until(lambda: dialog() is not None, "the dialog")
        opened = dialog()
        assert opened is not None
        assert opened.windowTitle() and faults(opened) == []
        opened.reject()
        await settle()


@pytest.mark.parametrize("key", [Qt.Key.Key_K, Qt.Key.Key_L])
async def test_what_opens_everywhere_has_names(manager: Hands, key: Qt.Key):
    await manager.press(key, CONTROL)
    await settle()
    shown = dialog() or manager.client.window
    assert faults(shown) == []
    if dialog() is None:
        assert manager.window.windowTitle() == "Zava retail"
        await manager.begin(Role.MANAGER, name="Mia")


async def test_tab_goes_from_the_rail_to_the_header_the_screen_and_the_line_below(manager: Hands):
    workplace = manager.workplace
    await manager.open(SKU)
    workplace.product.setFocus()
    await manager.type("+")
    await until(workplace.status_line.undo_button.isVisible, "something to undo")
    for name in ("find", "orders", "history", "sync"):
        screen = workplace.go(name)
        await settle()
        parts = (workplace.rail, workplace.bar, workplace.stack, workplace.status_line)
        start = workplace.rail.button(name)
        at, order = start.nextInFocusChain(), [0]
        while at is not None and at is not start:
            takes = at.focusPolicy() & Qt.FocusPolicy.TabFocus and at.isEnabled()
            if takes and at.isVisibleTo(workplace):
                order += [n for n, part in enumerate(parts) if part.isAncestorOf(at)]
            at = at.nextInFocusChain()
        changes = [order[n] for n in range(len(order)) if n == 0 or order[n] != order[n - 1]]
        # The rail goes on below its screens, with help, the look and the person.
        assert changes in ([0, 1, 2, 3], [0, 1, 2, 3, 0]), (name, order)
        assert name == "find" or screen.isAncestorOf(manager.window.focusWidget())


async def test_saves_errors_and_hits_are_announced(manager: Hands, heard: list[tuple[str, bool]]):
    workplace = manager.workplace
    workplace.go("find")
    workplace.bar.focus()
    await manager.type("hammer")
    await until(lambda: any("products" in one for one, _ in heard), "the number of hits")
    heard.clear()
    await manager.type("qqqqzzzz")
    await until(lambda: ("Nothing found", False) in heard, "that there is none")
    workplace.bar.line.clear()
    await manager.open(SKU)
    workplace.product.setFocus()
    heard.clear()
    # What is said of a save has its second: what was saved in the same one is not said anew.
    before = int(time.time())
    await until(lambda: int(time.time()) > before, "the next second")
    await manager.type("+")
    await until(lambda: any(one.startswith("Saved on") for one, _ in heard), "the save")
    await settle()
    assert sum(one.startswith("Saved on") for one, _ in heard) == 1
    await manager.type("a")
    heard.clear()
    await manager.press(Qt.Key.Key_Return)
    await until(lambda: any(at_once for _, at_once in heard), "the error")


async def test_a_picture_of_numbers_is_one_for_a_screen_reader(
    manager: Hands, heard: list[tuple[str, bool]]
):
    screen = manager.workplace.go("sales")
    assert isinstance(screen, SalesScreen)
    await until(lambda: bool(screen.time.bars), "the bars")
    shown = QAccessible.queryAccessibleInterface(screen.time)
    assert shown.role() == QAccessible.Role.Graphic
    assert "31 bars, the highest: " in shown.text(QAccessible.Text.Description)
    screen.time.setFocus()
    await manager.press(Qt.Key.Key_End)
    assert (screen.time.bars[-1].sentence, False) in heard
