"""The card that says where the product stands, and the dialog that moves it."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from app.domain.entities import Place
from app.domain.errors import InvalidInputError
from app.domain.scans import Scan, ScannedPlace
from app.ui.core.appearance import Appearance
from app.ui.core.dialogs import ScanDialog
from app.ui.core.message import Message
from app.ui.core.printing import Printing
from app.ui.core.widgets import Field, Text, button, card, clear, column, row, tinted
from app.ui.core.zoom import px
from app.ui.labels.dialog import LabelsDialog
from app.ui.labels.sheets import place_labels, product_label
from app.ui.product.places_view_model import PlacesViewModel
from app.ui.product.state import ProductState
from app.ui.product.view_model import ProductViewModel

_PARTS = ("aisle", "shelf", "bin")


class PlaceCard(QFrame):
    """The card: aisle, shelf and bin, large enough to read at arm's length, and further places."""

    def __init__(
        self, view_model: ProductViewModel, places: PlacesViewModel, appearance: Appearance
    ) -> None:
        super().__init__()
        self._view_model = view_model
        self._places = places
        self._appearance = appearance
        self._shown: tuple[Place, ...] | None = None
        self._values = {part: Text("", "tile") for part in _PARTS}
        tiles = row(spacing=16)
        for part in _PARTS:
            tiles.addLayout(column(Text(part.capitalize(), "small"), self._values[part], spacing=0))
        tiles.addStretch(1)
        self.label_button = button("Label…", self.open_labels, tip="Print a label (L)")
        self.move_button = button("Move…", self.begin, tip="Put it at another place (M)")
        tinted(self.move_button, "edit_location_alt", appearance)
        tiles.addWidget(self.label_button)
        tiles.addWidget(self.move_button)
        self._others = column(spacing=4)
        layout = QVBoxLayout()
        layout.addWidget(Text("Where it stands", "heading"))
        layout.addLayout(tiles)
        layout.addLayout(self._others)
        self._message = Text("", "small", wrap=True)
        self._message.hide()
        layout.addWidget(self._message)
        self._printing = Printing(self)
        self._printing.ended.connect(self._on_printed)
        self.setLayout(column(card(layout)))
        view_model.state_changed.connect(self._render)

    def begin(self) -> MoveDialog | None:
        """Ask for the new place, unless a change of stock is typed and waits."""
        return self.open_dialog() if self._view_model.is_done() else None

    def open_dialog(self, place: Place | None = None) -> MoveDialog | None:
        """Ask for the new place, or whether the product goes to the place that was scanned."""
        state = self._view_model.state
        if state.item is None or not state.may_adjust:
            return None
        dialog = MoveDialog(self._view_model, self._places, self, place)
        dialog.open()
        return dialog

    def open_labels(self) -> LabelsDialog | None:
        """Print labels of the product and of its place."""
        state = self._view_model.state
        if state.product is None or not self._view_model.has_read():
            return None
        place = state.item.place if state.item else Place()
        label = product_label(state.product, place, self._view_model.ean13)
        dialog = LabelsDialog([label], place_labels([place]), self)
        dialog.chosen.connect(self._printing.offer)
        dialog.open()
        return dialog

    def _render(self, state: ProductState) -> None:
        place = state.item.place if state.item else None
        for part in _PARTS:
            self._values[part].setText((place and getattr(place, part)) or "\N{EN DASH}")
        self.move_button.setVisible(state.item is not None and state.may_adjust)
        self.label_button.setVisible(state.product is not None)
        others = state.item.other_places if state.item else ()
        if others != self._shown:
            self._shown = others
            clear(self._others)
            for one in others:
                self._others.addWidget(self._other(one, state.may_adjust))

    def _on_printed(self, message: Message) -> None:
        self._message.say(message)
        self._message.setVisible(bool(message))

    def _other(self, place: Place, may_adjust: bool) -> QWidget:
        entry = QWidget()
        line = row(Text(f"Also {place.text[:1].lower()}{place.text[1:]}"), None)
        if may_adjust:
            give_up = button(
                "Give up",
                lambda: self._give_up(place),
                "quiet",
                f"The product no longer stands at {place.code}",
            )
            give_up.setAccessibleName(f"Give up {place.code}")
            line.addWidget(give_up)
        entry.setLayout(line)
        return entry

    def _give_up(self, place: Place) -> None:
        if self._view_model.state.item is not None and self._view_model.is_done():
            self._places.remove(self._view_model.state.item, place)


class MoveDialog(ScanDialog):
    """The dialog for a new place: aisle, shelf and bin, typed or scanned from a shelf's label."""

    def __init__(
        self,
        view_model: ProductViewModel,
        places: PlacesViewModel,
        parent: QWidget,
        place: Place | None = None,
    ) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._places = places
        self.setWindowTitle("Move to another place")
        self.edits = {part: QLineEdit() for part in _PARTS}
        self._fields = {part: Field(part.capitalize(), edit) for part, edit in self.edits.items()}
        item = view_model.state.item
        product = view_model.state.product
        for part, edit in self.edits.items():
            edit.setText(getattr(place or item.place, part) if item else "")
            edit.returnPressed.connect(self._submit)
        cancel = button("Cancel", self.reject)
        also = button("It stands there too", self._add, tip="A second place for the product")
        save = button("Move", self._submit, "primary")
        save.setDefault(False)
        layout = column(
            Text("Move to another place", "heading"),
            Text(product.name if product else "", "muted", wrap=True),
            Text("Type the place, or scan the label of its shelf.", "small", wrap=True),
            spacing=12,
        )
        layout.addLayout(row(*self._fields.values(), spacing=10))
        layout.addLayout(row(also, None, cancel, save))
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        self.setMinimumWidth(px(460))
        for one in (also, cancel, save):
            one.setAutoDefault(False)
        # It stands on the left, but is wanted least.
        QWidget.setTabOrder(save, also)
        view_model.moved.connect(self.accept)
        view_model.place_refused.connect(self._on_refused)
        view_model.refused.connect(self._on_failed)
        places.added.connect(self.accept)
        places.place_refused.connect(self._on_refused)
        places.refused.connect(self._on_failed)
        self.finished.connect(self.deleteLater)
        if place is None:
            self.edits["aisle"].selectAll()
            self.edits["aisle"].setFocus()
        else:
            # Scanned: Enter moves it.
            save.setFocus()

    def take_scan(self, scan: Scan) -> bool:
        if not isinstance(scan.meaning, ScannedPlace):
            self._on_failed("Scan the label of a shelf, or type the place.")
            return False
        for field in self._fields.values():
            field.show_error("")
        for part, edit in self.edits.items():
            edit.setText(getattr(scan.meaning.place, part))
        return True

    def _add(self) -> None:
        for field in self._fields.values():
            field.show_error("")
        item = self._view_model.state.item
        if item is not None:
            self._places.add(item, *(self.edits[part].text() for part in _PARTS))

    def _submit(self) -> None:
        for field in self._fields.values():
            field.show_error("")
        self._view_model.move_to(*(self.edits[part].text() for part in _PARTS))

    def _on_refused(self, error: InvalidInputError) -> None:
        self._fields[error.field].show_error(str(error))
        self.edits[error.field].setFocus()
        self._make_room()

    def _on_failed(self, sentence: str) -> None:
        self._fields["aisle"].show_error(sentence)
        self._make_room()

    def _make_room(self) -> None:
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.adjustSize()
