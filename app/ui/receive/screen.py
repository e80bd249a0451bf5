"""The Receive screen: the list of what is on its way, and the open receipt."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget

from app.data.stock.catalogue import Catalogue
from app.domain.paper_numbers import PaperKind
from app.domain.receiving import Paper
from app.domain.scans import Scan, ScannedOrder, ScannedPaper
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.bindings import ENTER, Binding
from app.ui.core.dialogs import ask
from app.ui.core.message import Message
from app.ui.core.screen import Screen
from app.ui.core.widgets import column
from app.ui.receive.closed import ClosedPaper
from app.ui.receive.list import ArrivalList
from app.ui.receive.receipt import PRINTED, ReceiptView
from app.ui.receive.state import ReceiveState
from app.ui.receive.view_model import ReceiveViewModel

_ANNOUNCING = (PaperKind.TRANSFER, PaperKind.PURCHASE_ORDER)


class ReceiveScreen(Screen):
    """Scans of papers that announce goods open their receipts here, those of products count."""

    def __init__(
        self,
        view_model: ReceiveViewModel,
        catalogue: Catalogue,
        appearance: Appearance,
        approving: Approving,
    ) -> None:
        super().__init__()
        self.view_model = view_model
        self.arrivals = ArrivalList(view_model, appearance)
        self.receipt = ReceiptView(view_model, catalogue, appearance, approving)
        self.receipt.back.connect(self._back)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.arrivals)
        self._pages.addWidget(self.receipt)
        self.setLayout(column(self._pages))
        view_model.state_changed.connect(self._render)
        view_model.scan_refused.connect(self.refused)
        view_model.unknown_paper.connect(self._on_unknown)
        view_model.closed_paper.connect(self._on_closed)
        view_model.leaving.connect(lambda key: self.item_opened.emit("transfers", key))
        view_model.unknown_paper.connect(lambda _: self.refused.emit())
        printing = Binding(
            "Ctrl+P", "Print the receipt, or save it as a PDF", self._print, when=self._may_print
        )
        self.arrivals.table.offer(printing)
        self.bind_keys(
            Binding("Ctrl+N", "Begin a receipt without a paper", self._begin),
            Binding("Ctrl+E", "Fill in all that was announced", self.receipt.fill_in),
            printing,
            Binding("Ctrl+Return", "Take in what is listed", self.receipt.request_post, ENTER),
        )
        self.press_keys(Binding("Esc", "Back to the line, then to the list", self._on_escape))

    def receive(self, paper: Paper) -> None:
        """Open the receipt against a paper, from another screen."""
        if self.take_typed():
            self.view_model.close()
            self.view_model.begin(paper)

    def open_item(self, key: str) -> None:
        if self.take_typed():
            self.view_model.open_id(key)

    def activate(self) -> None:
        self.view_model.activate()

    def deactivate(self) -> None:
        self.view_model.deactivate()

    def take_typed(self) -> bool:
        return self.receipt.take_typed()

    def say(self, message: Message) -> None:
        self.view_model.say(message)

    def focus_first(self) -> None:
        page = self._pages.currentWidget()
        assert isinstance(page, ArrivalList | ReceiptView)
        page.focus_first()

    def take_scan(self, scan: Scan) -> bool:
        match scan.meaning:
            case ScannedPaper(kind, number) if kind in _ANNOUNCING:
                if self.view_model.state.receipt is not None:
                    # The next delivery is here already.
                    self._back()
                if self.view_model.state.receipt is None:
                    self.view_model.begin_with(number)
                return True
            case ScannedPaper() | ScannedOrder():
                return False
        if self.view_model.state.editable:
            self.receipt.take_scan(scan)
        return self.view_model.state.editable

    def _may_print(self) -> bool:
        receipt = self.view_model.state.receipt or self.arrivals.chosen
        return receipt is not None and receipt.state in PRINTED

    def _print(self) -> None:
        if self.view_model.state.receipt is not None:
            self.receipt.print_receipt()
        elif self._may_print() and self.arrivals.is_done():
            receipt = self.arrivals.chosen
            assert receipt is not None
            self.view_model.read(receipt, self.receipt.print_one)

    def _on_escape(self) -> None:
        if self.receipt.table.hasFocus() and self.view_model.state.editable:
            self.receipt.line.setFocus()
        elif self.view_model.state.receipt is not None:
            self._back()

    def _begin(self) -> None:
        if not self.view_model.state.editable and self.view_model.state.receipt is not None:
            # What is finished is only looked at.
            self._back()
        if self.view_model.state.receipt is None:
            self.arrivals.begin()

    def _back(self) -> None:
        if self.take_typed():
            self.view_model.close()
            self.arrivals.focus_first()

    def _on_unknown(self, number: str) -> None:
        ask(
            self,
            f"{number} has not arrived here",
            "This device has not seen that paper yet. Goods can be taken in all the same: the "
            "receipt and its paper find each other when it arrives.",
            "Receive against it",
            lambda: self.view_model.begin_with(number, anyway=True),
        )

    def _on_closed(self, paper: ClosedPaper) -> None:
        self.refused.emit()
        if paper.may_come:

            def act() -> None:
                self.view_model.begin_with(paper.number, anyway=True)

            ask(self, paper.title, paper.text, "Receive against it", act)
        else:

            def show() -> None:
                self.item_opened.emit(paper.screen, paper.key)

            ask(self, paper.title, paper.text, f"Open in {paper.screen.capitalize()}", show)

    def _render(self, state: ReceiveState) -> None:
        page = self.arrivals if state.receipt is None else self.receipt
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
            if self.isVisible():
                page.focus_first()
