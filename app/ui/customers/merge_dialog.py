"""The dialog that asks who is the same person as a customer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QDialog, QWidget

from app.domain.customers import Customer
from app.ui.core.appearance import Appearance
from app.ui.core.hits_line import HitsLine
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Field, Text, button, column, row
from app.ui.customers.draft import Alike

_ROW = 46
_SHOWN = 4

_COLUMNS = (
    Column[tuple[Customer, str]](
        "", lambda one: Cell(one[0].name, one[0].email or one[0].phone, bold=True)
    ),
    Column[tuple[Customer, str]]("", lambda one: Cell(one[1], tone="warn"), 190, right=True),
)


class MergeDialog(QDialog):
    """Offers those who may be the same person, and finds others; Enter merges, Esc does not."""

    def __init__(
        self,
        parent: QWidget,
        kept: Customer,
        alike: Alike,
        search: Callable[[str], Sequence[Customer]],
        on_chosen: Callable[[Customer], object],
        appearance: Appearance,
    ) -> None:
        super().__init__(parent)
        self._kept = kept
        self._alike = alike
        self._search = search
        self._on_chosen = on_chosen
        self.setWindowTitle("Merge customers")
        self.setMinimumWidth(520)
        self.line = HitsLine()
        self.line.setPlaceholderText("Name, e-mail or phone")
        self.line.textChanged.connect(self._show)
        self.line.stepped.connect(self._step)
        self.line.returnPressed.connect(self._take)
        self.field = Field("Who is the same person", self.line)
        self._model = RowsModel[tuple[Customer, str]](_COLUMNS, lambda one: one[0].customer_id)
        self.table = RowsTable(self._model, appearance, "Who may be the same", row_height=_ROW)
        self.table.horizontalHeader().hide()
        self.table.setFixedHeight(_ROW * _SHOWN + 6)
        self.table.opened.connect(lambda _: self._take())
        told = (
            f"{kept.name} stays. The orders of both count for {kept.name}, who is found by either "
            "name, e-mail and phone from then on. Ctrl+Z parts them again."
        )
        self.merge = button("Merge", self._take, "primary", "Enter")
        cancel = button("Cancel", self.reject, tip="Esc")
        for one in (self.merge, cancel):
            one.setAutoDefault(False)
        layout = column(
            Text(f"Merge into {kept.name}", "heading"),
            Text(told, wrap=True),
            self.field,
            self.table,
            spacing=10,
        )
        layout.addLayout(row(None, cancel, self.merge))
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        self.finished.connect(self.deleteLater)
        self._show("")
        self.line.setFocus()

    def _show(self, text: str) -> None:
        self.field.show_error("")
        found = [(one, "") for one in self._search(text)] if text.strip() else list(self._alike)
        reasons = {one.customer_id: why for one, why in self._alike}
        self._model.set_rows(
            [
                (one, why or reasons.get(one.customer_id, ""))
                for one, why in found
                if one.customer_id not in self._kept.ids
            ]
        )
        self.table.set_empty_text(
            "Nobody else of this store is called that."
            if text.strip()
            else "Nobody looks the same: type whom you mean."
        )
        self.table.select(0)

    def _step(self, by: int) -> None:
        at = self.table.currentIndex().row() + by
        self.table.select(min(max(at, 0), self._model.rowCount() - 1))

    def _take(self) -> None:
        chosen = self.table.current()
        if chosen is None:
            self.field.show_error("Type whom you mean, and choose one with ↓.")
            self.line.setFocus()
            return
        self.accept()
        self._on_chosen(chosen[0])
