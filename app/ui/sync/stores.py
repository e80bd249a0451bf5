"""The stores on this device: boxes to tick, what that means, and a button that does it."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QFrame, QWidget

from app.ui.core.formats import counted
from app.ui.core.widgets import Text, button, card, column, row, scrolling
from app.ui.sync.stores_view_model import StoreRow, StoresState, StoresViewModel


class StoresPanel(QWidget):
    """The panel for managers; other people's devices hold the store that is worked in."""

    def __init__(self, view_model: StoresViewModel) -> None:
        super().__init__()
        self.view_model = view_model
        self.boxes: dict[str, QCheckBox] = {}
        self._notes: dict[str, Text] = {}
        lines = column(spacing=2)
        for store_row in view_model.state.rows:
            store_id = store_row.store.store_id
            box = self.boxes[store_id] = QCheckBox(store_row.store.short_name)
            box.clicked.connect(lambda on, store_id=store_id: view_model.tick(store_id, on))
            self._notes[store_id] = Text("", "small")
            lines.addLayout(row(box, None, self._notes[store_id]))
        lines.addStretch(1)
        lines.setContentsMargins(0, 0, 12, 0)
        page = QWidget()
        page.setLayout(lines)
        scroll = scrolling(page)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.meaning = Text("", wrap=True)
        self._problem = Text("", wrap=True)
        self.all = button("All", lambda: view_model.tick_all(True))
        self.none = button("None", lambda: view_model.tick_all(False), tip="Only where you work")
        self.reset = button("Undo ticks", view_model.reset)
        self.apply = button("Apply", view_model.apply.execute, "primary")
        layout = column(scroll, self.meaning, self._problem, spacing=10)
        layout.setStretch(0, 1)
        layout.addLayout(row(self.all, self.none, None, self.reset, self.apply))
        outer = column(card(layout), spacing=0)
        self.setLayout(outer)
        view_model.state_changed.connect(self._render)
        self._render(view_model.state)

    def _render(self, state: StoresState) -> None:
        for store_row in state.rows:
            box = self.boxes[store_row.store.store_id]
            box.setChecked(store_row.ticked)
            box.setEnabled(not store_row.fixed)
            note = _note(store_row)
            self._notes[store_row.store.store_id].setText(note)
            box.setAccessibleDescription(note)
        self.meaning.setText(" ".join(state.meaning))
        self._problem.say(state.message)
        self._problem.setVisible(bool(state.message))
        running = self.view_model.apply.running
        self.apply.setText("Applying…" if running else "Apply")
        self.apply.setEnabled(state.changed and not running)
        self.reset.setEnabled(state.changed and not running)
        free = [one for one in state.rows if not one.fixed]
        self.all.setEnabled(any(not one.ticked for one in free))
        self.none.setEnabled(any(one.ticked for one in free))


def _note(store: StoreRow) -> str:
    documents = "" if store.documents is None else counted(store.documents, "document")
    if documents:
        documents += " on this device" if store.held else " to get"
    return "  \N{MIDDLE DOT}  ".join(part for part in (store.fixed, documents) if part)
