"""The bar for everything, over whatever screen is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain.scans import Scan, UnknownCode
from app.ui.core.announcing import announce
from app.ui.core.appearance import Appearance
from app.ui.core.dialogs import ScanDialog
from app.ui.core.formats import counted
from app.ui.core.hits_line import HitsLine
from app.ui.core.message import Message, problem
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.scan_words import refusal
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided, column
from app.ui.core.zoom import px
from app.ui.spotlight.destinations import Destination
from app.ui.spotlight.view_model import SpotlightState, SpotlightViewModel

_HINT = "Product, customer, order, paper, place, screen or action"
_KEYS = Message("\N{UPWARDS ARROW} \N{DOWNWARDS ARROW} choose, Enter opens, Esc closes.")
_SIZE = (640, 520)

_COLUMNS = (
    Column[Destination]("", lambda one: Cell(one.title, one.detail, bold=True)),
    Column[Destination]("", lambda one: Cell(one.group, one.key, tone="muted"), 120, right=True),
)


class SpotlightDialog(ScanDialog):
    """Shows what is found while one types; a scan in it goes where it leads, and books nothing."""

    def __init__(
        self, view_model: SpotlightViewModel, appearance: Appearance, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self.setWindowTitle("Find anything")
        self.line = HitsLine()
        self.line.setObjectName("command")
        self.line.setPlaceholderText(_HINT)
        self.line.setAccessibleName("Find anything")
        self._model = RowsModel[Destination](_COLUMNS, lambda one: one.name)
        self.hits = RowsTable(self._model, appearance, "Found", open_on_click=True, sortable=False)
        self.hits.horizontalHeader().hide()
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._message = Elided("", "small")
        layout = column(self.line, self.hits, self._message, spacing=8)
        layout.setStretch(1, 1)
        layout.setContentsMargins(16, 16, 16, 12)
        self.setLayout(layout)
        room = parent.window().size()
        self.resize(min(px(_SIZE[0]), room.width() - 40), min(px(_SIZE[1]), room.height() - 40))
        self.line.textChanged.connect(view_model.look_for)
        self.line.stepped.connect(lambda by: self.hits.select(self.hits.currentIndex().row() + by))
        self.line.returnPressed.connect(self._enter)
        self.hits.opened.connect(self._open)
        view_model.state_changed.connect(self._render)
        self.finished.connect(view_model.stop)
        self.finished.connect(self.deleteLater)
        self._render(view_model.state)
        self.line.setFocus()

    def take_scan(self, scan: Scan) -> bool:
        if isinstance(scan.meaning, UnknownCode):
            self._message.say(problem(refusal(scan)))
            return False
        self.accept()
        self._view_model.show_scan(scan)
        return True

    def _enter(self) -> None:
        found = self.hits.current()
        if found is not None:
            self._open(found)

    def _open(self, found: Destination) -> None:
        # Closed first: what opens may ask something, or take the keyboard.
        self.accept()
        found.act()

    def _render(self, state: SpotlightState) -> None:
        self._model.set_rows(state.found)
        self.hits.select(0)
        self.hits.scrollToTop()
        self.hits.set_empty_text(
            "Looking…"
            if state.looking
            else "Nothing is called that. Try a part of a name, a number or a place."
        )
        self._message.show_message(_KEYS)
        found = counted(len(state.found), "hit") if state.found else "Nothing found"
        announce(self, found if state.text.strip() and not state.looking else "")
