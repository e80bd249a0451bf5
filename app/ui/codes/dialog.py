"""The dialog that asks which product a code is, and how many units are in it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.data.stock.catalogue import Catalogue
from app.domain.errors import CodeKnownError, InvalidInputError
from app.domain.scans import Scan
from app.ui.codes.known import ask_about_known
from app.ui.codes.units import UnitsField
from app.ui.codes.view_model import TeachingViewModel
from app.ui.codes.words import asks_for_units, kind_label, read_units
from app.ui.core.appearance import Appearance
from app.ui.core.dialogs import ScanDialog
from app.ui.core.message import Message, problem
from app.ui.core.product_line import ProductLine
from app.ui.core.scan_words import layout_note, refusal, shown
from app.ui.core.widgets import Elided, Text, button, column, row
from app.ui.core.zoom import px
from connector_config.errors import UserError

_HINT = "Search it by name, or scan its SKU"


class TeachDialog(ScanDialog):
    """The dialog: search, choose, units, Enter. A scan chooses the product that it is a code of."""

    def __init__(
        self,
        view_model: TeachingViewModel,
        catalogue: Catalogue,
        appearance: Appearance,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        scan, code = view_model.state.scan, view_model.state.code
        assert scan is not None and code is not None
        self._view_model = view_model
        self._catalogue = catalogue
        self._scan = scan
        self._product_id = ""
        self.setWindowTitle("Which product is this?")
        about = kind_label(code.kind, code.code)
        if asks_for_units(code.kind, code.code):
            about += ", that of a case: say how many units are in it"
        if scan.text.strip() != code.code:
            about += f", scanned as {shown(scan.text)}"
        self.line = ProductLine(catalogue, appearance, _HINT)
        self.line.chosen.connect(lambda product_id, _: self._choose(product_id))
        self.chosen = Elided("", "heading")
        self._units = UnitsField()
        self._units.suit(code.kind, code.code)
        self._units.entered.connect(self.submit)
        self.units = self._units.edit
        self._message = Text("", "muted", wrap=True)
        cancel = button("Cancel", self.reject)
        self.teach = button("This is it", self.submit, "primary", "Enter in the units")
        for one in (cancel, self.teach):
            one.setAutoDefault(False)
        layout = column(
            Text("Which product is this?", "heading"),
            Elided(shown(code.code), "title"),
            Text(" ".join(filter(None, (f"{about}.", layout_note(scan)))), "small", wrap=True),
            self.line,
            None,
            self.chosen,
            self._message,
            spacing=8,
        )
        layout.addLayout(row(self._units, None))
        layout.addLayout(row(None, cancel, self.teach))
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        # So that what is found does not move the buttons.
        self.resize(px(560), px(550))
        view_model.taught.connect(self.accept)
        view_model.known.connect(self._on_known)
        view_model.refused.connect(self._on_refused)
        self.finished.connect(self.deleteLater)
        self._say(Message("A scan in here books nothing: it chooses the product."))
        self._show_chosen()
        self.line.setFocus()

    def take_scan(self, scan: Scan) -> bool:
        if scan.product_id is not None:
            self._choose(scan.product_id)
            return True
        if scan.text.strip() == self._scan.text.strip():
            self._say(problem("This is the code in question: scan the SKU, or search the product."))
        else:
            self._say(problem(refusal(scan)))
        return False

    def submit(self) -> None:
        """Teach it, if a product and its units are known."""
        if not self.line.is_done():
            return
        if not self._product_id:
            self._say(problem("Product: search it by a part of its name, and choose it."))
            self.line.setFocus()
            return
        units = self._units.read()
        if units is not None:
            self._view_model.teach(self._product_id, units)

    def _choose(self, product_id: str) -> None:
        self._product_id = product_id
        self.line.line.clear()
        self._say(Message())
        self._show_chosen()
        self._units.start()

    def _show_chosen(self) -> None:
        listing = self._catalogue.listing(self._product_id)
        product = listing.product if listing is not None else None
        parts = (product.name, product.sku) if product is not None else ("No product chosen yet",)
        self.chosen.set_text(" \N{MIDDLE DOT} ".join(filter(None, parts)))

    def _say(self, message: Message) -> None:
        self._message.say(message)

    def _on_known(self, error: CodeKnownError) -> None:
        units, product_id = read_units(self.units.text()), self._product_id
        ask_about_known(
            self,
            error,
            lambda: self._view_model.teach(product_id, units, instead=True),
            lambda: self._view_model.teach(product_id, units, beside=True),
        )

    def _on_refused(self, error: UserError) -> None:
        if isinstance(error, InvalidInputError) and error.field == "units":
            self._units.refuse(error)
        else:
            self._say(problem(error))
