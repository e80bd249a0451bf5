"""Works the client's window the way a person does: clicks and keys, and a look at the screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget

from app.client import Client
from app.config.repositories import Repositories
from app.domain.entities import Actor, Device, Profile, Reason, Role, StockItem
from app.domain.scans import Scan
from app.tour.driver import send_scan
from app.ui.core.meant_rows import MeantRows
from app.ui.core.rows import CELL, Cell
from app.ui.core.table import RowsTable
from app.ui.find.screen import FindScreen
from app.ui.find.view_model import PAGE
from app.ui.product.state import ProductState
from app.ui.shell.workplace import Workplace
from tests.helpers.menus import popup
from tests.helpers.waiting import settle, until

HAMMER = "16 oz Curved Claw Hammer"
SKU = "HND-HAMMER-001"
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


class Hands:
    """A person at the window of a client."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.window = client.window
        self._mayas: Workplace | None = None

    @property
    def workplace(self) -> Workplace:
        """The screens behind the sign-in."""
        assert self.client.workplace is not None
        return self.client.workplace

    @property
    def repositories(self) -> Repositories:
        """Those of the sign-in."""
        return self.client.repositories

    async def begin(
        self, role: Role = Role.WORKER, store_id: str = "store_seattle", name: str = "Maya"
    ) -> None:
        """Sign in to a fresh workplace in a window of the usual size."""
        self._uncover()
        self.client.show_sign_in()
        await self.client.sign_in(Profile(store_id, role, name))
        self.workplace._find._rest.setInterval(0)
        await self.at_hand()
        await until(lambda: rows(self.workplace.go("find")), "products in Find")
        await self.rest()

    async def go_on(self) -> None:
        """Start over at an empty Find, as Maya, without signing in again where she is still in."""
        self._uncover()
        if self.client.workplace is None or self.client.workplace is not self._mayas:
            await self.begin()
            self._mayas = self.client.workplace
            return
        await self.at_hand()
        self.workplace.bar.line.clear()
        if not self.workplace.current.take_typed():
            await self.press(Qt.Key.Key_Escape)
        self.workplace.go("find")
        self.workplace.bar.focus()
        find = self.workplace.current
        assert isinstance(find, FindScreen)
        await until(lambda: find._query == "" and len(cells(find.table)) >= PAGE, "all")
        await self.rest()

    async def rest(self) -> None:
        """Wait until nothing is under way: between tests no loop is there to go on with it."""
        await settle()
        if self.client.workplace is not None:
            status, find = self.workplace._status, self.workplace._find
            card = self.workplace.product.view_model
            await until(
                lambda: (
                    not (
                        find._rest.isActive()
                        or find._tasks
                        or status._look.running
                        or status.undo.running
                        or (self.client.shift is not None and self.client.shift.tidying.looking)
                        or card.busy
                    )
                ),
                "a rest",
            )

    def _uncover(self) -> None:
        for covering in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
            if covering is not None:
                covering.close()
        self.window.resize(1280, 800)
        self.window.show()

    async def at_hand(self) -> None:
        """Without a window manager nobody gives the window back its focus after a dialog."""
        modal: QWidget | None = QApplication.activeModalWidget()
        top = modal if modal is not None else self.window
        if not top.isActiveWindow():
            top.activateWindow()

        def here() -> bool:
            widget: QWidget | None = QApplication.focusWidget()
            return widget is not None and top.isAncestorOf(widget)

        await until(here, "the keyboard")

    async def type(self, text: str) -> None:
        """Type into whatever has the focus, slower than a scanner."""
        await self.at_hand()
        for char in text:
            _stroke(char)
            await self._acted()

    async def _acted(self) -> None:
        """Let a key act that might have been the first one of a scan."""
        self._pause()
        await settle()

    def _pause(self) -> None:
        """The next key comes as late as a person's, without waiting for it."""
        self.client._scanner.settle()

    async def paste(self, text: str) -> None:
        """Put a text of any length into the field that has the focus."""
        await self.at_hand()
        QApplication.clipboard().setText(text)
        QTest.keyClick(focus(), Qt.Key.Key_V, CONTROL)
        await self._acted()

    async def press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Press one key."""
        await self.at_hand()
        self._pause()
        QTest.keyClick(focus(), key, modifier)
        await self._acted()

    async def press_in_menu(self, keys: str) -> None:
        """Press keys in the menu that is open on top."""
        for key in keys:
            QTest.keyClicks(popup(), key)
            await self._acted()

    async def scan(self, code: str) -> None:
        """Send a code as a keyboard-wedge scanner does: fast, and Enter."""
        await self.at_hand()
        self._pause()
        send_scan(code, focus())
        await settle()
        # An Enter that comes at once would be the scanner's own.
        self._pause()

    async def scan_into_popup(self, code: str) -> None:
        """The same while a menu or a list is open."""
        # WORKAROUND: PySide takes the wrappers of a popup's children away when nobody holds the
        # wrapper of the popup itself.
        popup: QWidget | None = QApplication.activePopupWidget()
        assert popup is not None
        inside: QWidget | None = popup.focusWidget()
        target = inside if inside is not None else popup
        self._pause()
        send_scan(code, target)
        await settle()
        self._pause()

    async def click(self, widget: QWidget) -> None:
        """Click in the middle of a widget that a person could click."""
        assert widget.isVisible(), f"{widget.accessibleName() or widget} is not to be seen"
        assert widget.isEnabled(), f"{widget.accessibleName() or widget} is off"
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        await settle()

    async def click_row(self, table: RowsTable, at: int) -> None:
        """Click a row of a table."""
        place: QPoint = table.visualRect(table.model().index(at, 0)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        await settle()

    async def open(self, sku: str = SKU) -> str:
        """Open a product by its code and wait until its card is filled; returns its id."""
        product_id = self.read(sku).product_id
        assert product_id is not None
        self.workplace.open_product(product_id)
        await until(lambda: self.state.ledger is not None, "the product's history")
        return product_id

    def read(self, code: str) -> Scan:
        """What a scanned code means here."""
        return self.repositories.catalogue.read(code)

    @property
    def state(self) -> ProductState:
        """What the product card shows."""
        return self.workplace.product.view_model.state

    @property
    def on_hand(self) -> int:
        """On hand on the product card."""
        assert self.state.item is not None
        return self.state.item.on_hand

    async def item(self, sku: str = SKU) -> StockItem:
        """An item of the store one is signed in to, as stored."""
        product_id = self.read(sku).product_id
        listing = self.repositories.catalogue.listing(product_id or "")
        assert listing is not None and listing.key is not None
        (item,) = await self.repositories.stock.items([listing.key])
        return item

    async def elsewhere(self, quantity: int, sku: str = SKU) -> int:
        """Somebody else changes the stock, not through a screen; returns on hand after it."""
        item = await self.item(sku)
        await self.repositories.stock.adjust(
            item, quantity, Reason.FOUND, somebody(item.store_id), allow_negative=True
        )
        return item.on_hand + quantity


def somebody(store_id: str) -> Actor:
    """Ben, who works at another device."""
    return Actor(Profile(store_id, Role.MANAGER, "Ben"), Device("device-of-ben", "office"))


def focus() -> QWidget:
    """What has the keyboard."""
    widget: QWidget | None = QApplication.focusWidget()
    assert widget is not None, "nothing has the keyboard"
    return widget


def _stroke(char: str) -> None:
    if char.isascii():
        QTest.keyClicks(focus(), char)
        return
    # QTest only knows the keys of an American keyboard.
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, char)
        QApplication.sendEvent(focus(), event)


def dialog() -> QDialog | None:
    """The dialog on top, if there is one."""
    top: QWidget | None = QApplication.activeModalWidget()
    return top if isinstance(top, QDialog) else None


def texts(widget: QWidget) -> list[str]:
    """Every label to be seen inside a widget."""
    return [one.text() for one in widget.findChildren(QLabel) if one.isVisible() and one.text()]


def named(widget: QWidget, text: str) -> QPushButton:
    """The button to be seen with this text."""
    found = [
        one
        for one in widget.findChildren(QPushButton)
        if one.text().strip() == text and one.isVisible()
    ]
    assert len(found) == 1, f"{len(found)} buttons {text!r}"
    return found[0]


def click_header(table: RowsTable, column: int) -> None:
    """Click on the header of a column, which sorts by it."""
    header = table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def rows(screen: QWidget) -> list[list[str]]:
    """The texts of the cells of the one table of a screen, without what is only meant."""
    (table,) = (
        one
        for one in screen.findChildren(RowsTable)
        if not isinstance(one.parentWidget(), MeantRows)
    )
    return cells(table)


def cells(table: RowsTable) -> list[list[str]]:
    """The texts of a table's cells, without their second lines."""
    model = table.model()
    return [
        [_cell(model.index(row, at).data(CELL)) for at in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def _cell(cell: object) -> str:
    assert isinstance(cell, Cell)
    return cell.text
