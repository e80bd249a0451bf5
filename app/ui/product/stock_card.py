"""The card with the number on hand, and the form that changes it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.ui.core.appearance import Appearance
from app.ui.core.choice import Choice
from app.ui.core.formats import STATE_LABELS, STATE_TONES, local_date, number
from app.ui.core.widgets import Field, Segments, Text, button, card, column, restyle, row
from app.ui.core.zoom import px
from app.ui.product.state import ProductState
from app.ui.product.view_model import ProductViewModel

_MISSING = "Not stocked here", "This store does not carry the product."
_UNREAD = "Being read", "What this store has of it is being read."


class StockCard(QFrame):
    """The card: on hand with its state, one-unit steps, and the adjust form."""

    def __init__(self, view_model: ProductViewModel, appearance: Appearance) -> None:
        super().__init__()
        self._view_model = view_model
        self._number = Text("", "number")
        self._state = Text("", "pill")
        self._facts = Text("", "small", wrap=True)
        self.minus = button(
            "\N{MINUS SIGN}", lambda: view_model.step(-1), "step", "One less, as a correction (−)"
        )
        self.plus = button("+", lambda: view_model.step(1), "step", "One more, as a correction (+)")
        self.minus.setAccessibleName("One less")
        self.plus.setAccessibleName("One more")
        number_row = row(self._number, 4, self._state, None, self.minus, self.plus)
        self._form = _AdjustForm(view_model)
        layout = QVBoxLayout()
        layout.setSpacing(10)
        layout.addLayout(row(Text("On hand here", "heading"), None))
        layout.addLayout(number_row)
        layout.addWidget(self._facts)
        layout.addWidget(self._form)
        outer = column(card(layout))
        self.setLayout(outer)
        view_model.state_changed.connect(self._render)

    @property
    def form(self) -> _AdjustForm:
        """The adjust form, for moving the keyboard into it."""
        return self._form

    def _render(self, state: ProductState) -> None:
        item = state.item
        self._number.setText(number(item.on_hand) if item and not item.fault else "\N{EN DASH}")
        self._number.set_tone("danger" if item and item.on_hand < 0 else "")
        missing = _MISSING if state.is_read else _UNREAD
        self._state.setText(STATE_LABELS[item.state] if item else missing[0])
        self._state.set_tone(STATE_TONES[item.state] if item else "")
        facts = (
            f"Reorder point {number(item.reorder_point)}  ·  "
            f"Last counted {local_date(item.last_counted)}"
            if item
            else missing[1]
        )
        self._facts.setText(facts + (f"\n{item.notes}" if item and item.notes else ""))
        changeable = item is not None and state.may_adjust
        for widget in (self.minus, self.plus, self._form):
            widget.setVisible(changeable)


class _Note(QPlainTextEdit):
    """A note of several lines; Ctrl+Enter saves."""

    submitted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submitted.emit()
        else:
            super().keyPressEvent(event)


class _AdjustForm(QWidget):
    """Add or remove, how many, why, a note, and what the number will become."""

    def __init__(self, view_model: ProductViewModel) -> None:
        super().__init__()
        self._view_model = view_model
        self.direction = Segments(
            (("remove", "Remove"), ("add", "Add")),
            lambda value: view_model.edit(adding=value == "add"),
            "Direction",
        )
        self.quantity = QLineEdit()
        self.quantity.setPlaceholderText("How many")
        self.quantity.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.quantity.textChanged.connect(lambda text: view_model.edit(quantity=text))
        self.quantity.returnPressed.connect(view_model.apply)
        self.reason = Choice()
        self.reason.activated.connect(self._on_reason)
        self.note = _Note()
        self.note.setPlaceholderText("Note (optional)")
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(px(52))
        self.note.textChanged.connect(lambda: view_model.edit(note=self.note.toPlainText()))
        self.note.submitted.connect(view_model.apply)
        self._quantity_field = Field("Quantity", self.quantity)
        self._preview = Text("", "muted", wrap=True)
        self.apply = button("Save change", view_model.apply, "primary", "Enter")
        line = row(
            Field("Change", self.direction),
            self._quantity_field,
            Field("Reason", self.reason),
        )
        line.setStretch(1, 2)
        line.setStretch(2, 3)
        for at in range(3):
            item = line.itemAt(at)
            if item is not None:
                item.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = column(spacing=8)
        layout.addLayout(line)
        layout.addWidget(Field("Note", self.note))
        bottom = row(self._preview, self.apply)
        bottom.setStretch(0, 1)
        layout.addLayout(bottom)
        self.setLayout(layout)
        view_model.state_changed.connect(self._render)
        view_model.actions.changed.connect(self._on_running)
        view_model.quantity_refused.connect(self._to_quantity)

    def start(self, typed: str) -> None:
        """Begin to type how many; a sign in front chooses the direction."""
        if typed[0] in "+-":
            self._view_model.edit(adding=typed[0] == "+")
        self.quantity.setFocus()
        self.quantity.setText(typed.lstrip("+-"))

    def _to_quantity(self) -> None:
        if not self.note.hasFocus():
            self.quantity.setFocus()

    def _on_reason(self, at: int) -> None:
        self._view_model.edit(reason=self._view_model.state.draft.reasons[at])

    def _on_running(self) -> None:
        self.apply.setEnabled(not self._view_model.actions.running)

    def _render(self, state: ProductState) -> None:
        draft = state.draft
        self.direction.choose("add" if draft.adding else "remove")
        labels = [reason.label for reason in draft.reasons]
        if [self.reason.itemText(at) for at in range(self.reason.count())] != labels:
            self.reason.clear()
            self.reason.addItems(labels)
        self.reason.setCurrentIndex(draft.reasons.index(draft.reason))
        if self.quantity.text() != draft.quantity:
            with QSignalBlocker(self.quantity):
                self.quantity.setText(draft.quantity)
        if self.note.toPlainText() != draft.note:
            with QSignalBlocker(self.note):
                self.note.setPlainText(draft.note)
        self._quantity_field.show_error(state.quantity_error)
        if state.preview is not None and state.item is not None:
            self._preview.setText(
                f"{number(state.item.on_hand)} \N{RIGHTWARDS ARROW} {number(state.preview)}"
            )
            look = "error" if state.preview < 0 else "heading"
            if self._preview.property("look") != look:
                self._preview.setProperty("look", look)
                restyle(self._preview)
        else:
            self._preview.setText("")
