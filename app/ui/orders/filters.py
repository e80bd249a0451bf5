"""The filters above the orders, each with its key."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from app.domain.orders import OrderStatus
from app.ui.core.appearance import Appearance
from app.ui.core.bindings import Binding
from app.ui.core.day_edit import DaySpan
from app.ui.core.filters import choice_box, filter_row, offer
from app.ui.core.saved_filters import FiltersMenu, Kept, SavedFilters
from app.ui.core.widgets import Field, button
from app.ui.core.zoom import px
from app.ui.orders.customer_filter import CustomerFilter
from app.ui.orders.filter_view_model import FilterState, FilterViewModel

_CHECK_HEIGHT = 34


class OrderFilters(QWidget):
    """The fields of the filters, all of which have to hold; `done` leads to the list.

    `saved` and `clear_button` are for the row above: that one comes and goes, and nothing beside it
    moves.
    """

    done = Signal()

    def __init__(self, view_model: FilterViewModel, appearance: Appearance) -> None:
        super().__init__()
        self._view_model = view_model
        self.store, self.status = choice_box(), choice_box()
        self.store.activated.connect(self._on_store)
        self.status.activated.connect(lambda: view_model.choose_status(self.status.currentData()))
        statuses = [(one.label, one) for one in OrderStatus if one is not OrderStatus.UNKNOWN]
        offer(self.status, "All", statuses, None)
        self.customer = CustomerFilter(view_model, appearance)
        self.customer.done.connect(self.done)
        self.span = DaySpan(view_model.days, appearance)
        self.since, self.until = self.span.since, self.span.until
        for edit in (self.since, self.until):
            edit.editingFinished.connect(self._on_days)
            edit.returnPressed.connect(self._on_entered)
        self.mine = QCheckBox("Mine (F7)")
        self.mine.setToolTip("Only orders that you took")
        self.mine.setMinimumHeight(px(_CHECK_HEIGHT))
        self.mine.toggled.connect(view_model.choose_mine)
        self.clear_button = button("Clear (F8)", self.clear, "quiet", "Show every order again")
        saved = SavedFilters(appearance.preferences, "orders")
        self.saved = FiltersMenu(saved, self._kept, self._show_kept)
        self._store_field = Field("Store (F3)", self.store)
        self._days = {
            "since": Field("From day (F5)", self.since),
            "until": Field("To day", self.until),
        }
        mine = Field(" ", self.mine)
        self.mine.setAccessibleName("Only orders that you took (F7)")
        self.clear_button.setAccessibleName("Clear the filters (F8)")
        self.setLayout(
            filter_row(
                (self._store_field, 3),
                (self.customer, 4),
                (self._days["since"], 0),
                (self._days["until"], 0),
                (Field("Status (F6)", self.status), 3),
                (mine, 0),
            )
        )
        view_model.state_changed.connect(self._render)
        self._render(view_model.state)

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """What each key of the filters does."""
        return (
            Binding("F3", "Show the orders of one store", self.store.setFocus),
            Binding("F4", "Show the orders of one customer", self.customer.start),
            Binding("F5", "Show the orders of some days", self._start_days),
            Binding("F6", "Show the orders with one status", self.status.setFocus),
            Binding("F7", "Show only orders that you took", self.mine.toggle),
            Binding("F8", "Show every order again", self.clear),
            self.saved.binding,
        )

    def clear(self) -> None:
        """Show every order again."""
        self.customer.stop()
        self._view_model.clear()

    def _kept(self) -> Kept:
        # With what is typed, and not entered yet.
        self._on_days()
        state = self._view_model.state
        return {} if state.problems or not state.words else self._view_model.kept | self.span.kept

    def _show_kept(self, kept: Kept) -> None:
        self.customer.stop()
        self.span.restore(kept)
        self._view_model.show_kept(kept, self.since.text(), self.until.text())
        self.done.emit()

    def _start_days(self) -> None:
        self.since.setFocus()
        self.since.selectAll()

    def _on_store(self) -> None:
        chosen = self.store.currentData()
        stores = self._view_model.state.stores
        self._view_model.choose_store(next((one for one in stores if one.store_id == chosen), None))

    def _on_days(self) -> None:
        self._view_model.choose_days(self.since.text(), self.until.text())

    def _on_entered(self) -> None:
        self._on_days()
        wrong = dict(self._view_model.state.problems)
        if not wrong.keys() & self._days.keys():
            self.done.emit()

    def _render(self, state: FilterState) -> None:
        self._store_field.setVisible(len(state.stores) > 1)
        stores = [(one.short_name, one.store_id) for one in state.stores]
        offer(self.store, "All stores", stores, state.store.store_id if state.store else None)
        self.status.setCurrentIndex(max(self.status.findData(state.status), 0))
        with QSignalBlocker(self.mine):
            self.mine.setChecked(state.mine)
        for edit, day in ((self.since, state.since), (self.until, state.until)):
            # What is half typed stays while another filter changes.
            if edit.text().strip() != day and not (edit.hasFocus() and edit.isModified() and day):
                edit.setText(day)
        problems = dict(state.problems)
        for name, field in self._days.items():
            field.show_error(problems.get(name, ""))
        self.customer.field.show_error(problems.get("customer", ""))
        self.clear_button.setVisible(bool(state.words or problems))
