"""The Oversold screen: cases on the left, how one came about and can be settled on the right."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from PySide6.QtWidgets import QGridLayout, QLineEdit, QStackedWidget, QWidget

from app.domain.oversell import SettlementKind, Step
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.bindings import Binding
from app.ui.core.choice_table import ChoiceTable
from app.ui.core.dialogs import ask
from app.ui.core.formats import (
    change_cell,
    local_clock,
    local_date,
    movement_who,
    movement_why,
    number,
)
from app.ui.core.message import NO_MESSAGE, Message
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.screen import Screen
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided, Field, Segments, Text, button, card, column, row
from app.ui.oversold.view_model import CaseRow, OversoldState, OversoldViewModel, Plan, SettledRow

_WAYS = {
    SettlementKind.TRANSFER: ("Ask another store", "T"),
    SettlementKind.BACK_ORDER: ("Let them wait", "B"),
    SettlementKind.SWAP: ("Swap the product", "S"),
    SettlementKind.CANCEL: ("Cancel the order", "C"),
}
_DONE = {
    SettlementKind.TRANSFER: "Transfer {transfer_number} from {from_store}",
    SettlementKind.BACK_ORDER: "The customer waits",
    SettlementKind.SWAP: "Swapped: order {new_number}",
    SettlementKind.CANCEL: "Order {number} cancelled",
    SettlementKind.UNKNOWN: "Settled in a way unknown to this version",
}


def _state(one: CaseRow) -> Cell:
    if one.case.open:
        return Cell(f"{number(one.case.open)} open", tone="danger", pill=True)
    return Cell("Under way", tone="warn", pill=True)


def _why(one: Step) -> Cell:
    order = one.movement.reference.get("number", "")
    why = movement_why(one.movement) + (f" \N{MIDDLE DOT} {order}" if order else "")
    return Cell(why, movement_who(one.movement))


def _when(at: datetime, store_id: str) -> Cell:
    return Cell(local_date(at, store_id=store_id), local_clock(at, store_id))


def _done(settled: SettledRow) -> Cell:
    settlement = settled.settlement
    names = {name: getattr(settlement, name) for name in ("transfer_number", "new_number")}
    number_ = settlement.number or settlement.order_id
    done = _DONE[settlement.kind].format(number=number_, from_store=settled.from_store, **names)
    if settlement.taken_back_at:
        return Cell(done, "Taken back: it was settled on another device too", tone="muted")
    return Cell(done, settlement.note or f"{number(settlement.units)} for {settlement.for_who}")


def _told(settled: SettledRow) -> Cell:
    settlement = settled.settlement
    if not settlement.is_notice or settlement.taken_back_at:
        return Cell("\N{EN DASH}", tone="muted")
    if settlement.seen_at:
        return Cell("Read", settlement.for_who, tone="ok")
    return Cell("For you" if settled.mine else "Not read", settlement.for_who, tone="warn")


_CASES = (
    Column[CaseRow]("Product", lambda one: Cell(one.name, one.store, bold=True)),
    Column[CaseRow]("On hand", lambda one: Cell(number(one.case.item.on_hand), tone="danger"), 80),
    Column[CaseRow]("State", _state, 104),
)
_STEPS = (
    Column[Step]("When", lambda one: _when(one.movement.at, one.movement.store_id), 116),
    Column[Step]("Why and who", _why),
    Column[Step]("Change", lambda one: change_cell(one.movement.quantity), 72, right=True),
    Column[Step](
        "On hand",
        lambda one: Cell(number(one.on_hand), tone="danger" if one.on_hand < 0 else ""),
        76,
        right=True,
    ),
)
_SETTLED = (
    Column[SettledRow](
        "When",
        lambda one: _when(
            datetime.fromisoformat(one.settlement.signature.at), one.settlement.store_id
        ),
        116,
        order=lambda one: one.settlement.signature.at,
    ),
    Column[SettledRow]("Product", lambda one: Cell(one.name, one.store, bold=True)),
    Column[SettledRow]("What was done", _done),
    Column[SettledRow](
        "By",
        lambda one: Cell(one.settlement.signature.names, one.settlement.signature.device_name),
        150,
    ),
    Column[SettledRow]("Whoever sold it", _told, 130),
)


class OversoldScreen(Screen):
    """The screen: open cases, and what was settled."""

    def __init__(
        self, view_model: OversoldViewModel, appearance: Appearance, approving: Approving
    ) -> None:
        super().__init__()
        self.view_model = view_model
        self._noted = ""
        self._notes: dict[str, str] = {}
        self._model = RowsModel[CaseRow](_CASES, lambda one: one.key)
        self.table = ChoiceTable(
            self._model, appearance, "Cases, open ones first", 52, open_on_click=False
        )
        self.table.selected.connect(self._on_selected)
        self.table.opened.connect(lambda one: self.product_opened.emit(one.case.item.product_id))
        self._steps = RowsModel[Step](_STEPS, lambda one: one.movement.movement_id)
        self.steps = RowsTable(
            self._steps, appearance, "How it came about", 48, open_on_click=False, sortable=False
        )
        self._done = RowsModel[SettledRow](_SETTLED, lambda one: one.key)
        self.settled = RowsTable(self._done, appearance, "What was settled, newest first", 52)
        self.settled.opened.connect(view_model.mark_seen)
        self._summary = Elided("", "muted")
        self.parts = Segments((("open", "Open"), ("settled", "Settled")), self._show, "Show")
        self.parts.setVisible(view_model.may_settle)
        header = row(Text("Oversold", "title"), 8, self._summary, self.parts)
        header.setStretch(2, 1)
        cases = QWidget()
        halves = row(self.table, self._card(), spacing=12)
        halves.setStretch(0, 2)
        halves.setStretch(1, 3)
        cases.setLayout(halves)
        self._pages = QStackedWidget()
        self._pages.addWidget(cases)
        self._pages.addWidget(self.settled)
        layout = column(spacing=12)
        layout.addLayout(header)
        layout.addWidget(self._pages, 1)
        layout.setContentsMargins(24, 20, 24, 16)
        self.setLayout(layout)
        self._show("open" if view_model.may_settle else "settled")
        settling = [
            Binding(key, words, partial(self._settle, kind), when=self._shows_cases)
            for kind, (words, key) in _WAYS.items()
        ]
        self.table.offer(*settling)
        self.press_keys(
            *settling,
            Binding("N", "Write a note", self.note.setFocus),
            Binding(
                "L",
                "Open cases, or what was settled",
                self._turn,
                when=lambda: view_model.may_settle,
            ),
        )
        view_model.state_changed.connect(self._render)
        view_model.settled.connect(self._on_settled)
        view_model.refused.connect(self._on_refused)
        view_model.word_needed.connect(
            lambda error, settle: approving.ask(self, error, settle, view_model.say_not_approved)
        )
        self._render(view_model.state)

    def say(self, message: Message) -> None:
        self.view_model.say(message)

    def focus_first(self) -> None:
        table = self.settled if self._pages.currentIndex() else self.table
        table.focus_a_row()

    @property
    def unsaved(self) -> str:
        waiting = [self.note.text(), *self._notes.values()]
        open_ = {one.key for one in self.view_model.state.rows or () if one.case.open}
        keys = [self._noted, *self._notes]
        for key, text in zip(keys, waiting, strict=True):
            if text.strip() and key in open_:
                return f"The note “{text.strip()[:40]}” is typed, and its case not settled yet."
        return ""

    def show_unsaved(self) -> None:
        self._turn_to("open")
        for key in (self._noted, *self._notes):
            if key == self._noted and self.note.text().strip():
                break
            if self._notes.get(key, "").strip():
                self.view_model.choose(key)
                break
        self.note.setFocus()

    def _shows_cases(self) -> bool:
        return not self._pages.currentIndex()

    def _card(self) -> QWidget:
        self._name = Elided("", "heading")
        self._sentence = Text("", wrap=True)
        self.note = QLineEdit()
        self.note.setPlaceholderText("Optional; whoever sold it reads it")
        self.note.returnPressed.connect(self.focus_first)
        ways = QGridLayout()
        ways.setHorizontalSpacing(12)
        ways.setVerticalSpacing(6)
        ways.setColumnStretch(1, 1)
        self.ways = {}
        self._details = {}
        for at, (kind, (label, key)) in enumerate(_WAYS.items()):
            one = button(f"{label} ({key})", partial(self._settle, kind))
            detail = Text("", "muted", wrap=True)
            self.ways[kind], self._details[kind] = one, detail
            ways.addWidget(one, at, 0)
            ways.addWidget(detail, at, 1)
        inner = column(self._name, self._sentence, spacing=8)
        inner.addWidget(self.steps, 1)
        inner.addWidget(Field("Note (N)", self.note))
        inner.addLayout(ways)
        self._settling = card(inner)
        return self._settling

    def _settle(self, kind: SettlementKind) -> None:
        plan = self.view_model.plan(kind, self.note.text())
        if plan is None:
            return
        if plan.question is None:
            self._do(plan)
        else:
            title, text, yes = plan.question
            ask(self, title, text, yes, lambda: self._do(plan), no="Leave it")

    def _do(self, plan: Plan) -> None:
        plan.do()
        self.note.setText("")
        self.focus_first()

    def _on_settled(self, key: str, note: str) -> None:
        # With a manager's word it is settled after it was refused.
        if key != self._noted and self._notes.get(key, "").strip() == note:
            self._notes.pop(key, None)
        elif key == self._noted and self.note.text().strip() == note:
            self.note.setText("")

    def _on_refused(self, key: str, note: str) -> None:
        if key != self._noted:
            self._notes.setdefault(key, note)
        elif not self.note.text().strip():
            self.note.setText(note)

    def _turn(self) -> None:
        self._turn_to("open" if self._pages.currentIndex() else "settled")

    def _turn_to(self, part: str) -> None:
        self.parts.choose(part)
        self._show(part)

    def _show(self, part: str) -> None:
        self._pages.setCurrentIndex(int(part == "settled"))
        self._render_words(self.view_model.state)
        self.focus_first()

    def _on_selected(self, one: CaseRow | None) -> None:
        if one is not None:
            self.view_model.choose(one.key)

    def _render(self, state: OversoldState) -> None:
        self._render_tables(state)
        self._render_words(state)

    def _render_tables(self, state: OversoldState) -> None:
        self.table.show_rows(state.rows or ())
        self.table.choose(state.chosen.key if state.chosen else None)
        self._done.set_rows(state.settled)
        if state.rows is not None:
            self.table.set_empty_text("Nothing is below zero: nobody waits for what is not there.")
            self.settled.set_empty_text(
                "Nothing was settled yet."
                if self.view_model.may_settle
                else "No order of yours was changed because goods were missing."
            )
        self._settling.setVisible(state.chosen is not None)
        if state.chosen is not None:
            if self._noted != state.chosen.key:
                # A note is for the case that it was typed for, and waits there.
                self._notes[self._noted] = self.note.text()
                self._noted = state.chosen.key
                self.note.setText(self._notes.pop(self._noted, ""))
            self._render_case(state)

    def _render_words(self, state: OversoldState) -> None:
        open_ = sum(1 for one in state.rows or () if one.case.open)
        told = sum(1 for one in state.settled if one.mine)
        counts = [f"{number(open_)} to settle"] if self.view_model.may_settle else []
        counts += [f"{number(told)} to read: Enter says you have"] if told else []
        keys = ["L shows what was settled"] if self.view_model.may_settle else []
        # A note that is out of sight waits.
        hidden = Message(self.unsaved) if self._pages.currentIndex() else NO_MESSAGE
        self._summary.say(hidden or state.message, "  \N{MIDDLE DOT}  ".join([*counts, *keys]))

    def _render_case(self, state: OversoldState) -> None:
        assert state.chosen is not None
        case, sale = state.chosen.case, state.sale
        self._name.set_text(f"{state.chosen.name} \N{MIDDLE DOT} {state.chosen.store}")
        there = f"There were {number(case.before)}" if case.before > 0 else "There was none"
        sentence = f"{there}; {number(case.short)} more went than that."
        if sale is not None and sale.settlement is None:
            name = f"order {sale.number or sale.order_id}" if sale.order_id else "a change of stock"
            sentence += f" Short is {name} of {sale.first.who}, {number(sale.short)} of it."
        elif sale is not None:
            sentence += " It is settled, and closes when the stock is back."
        self._sentence.setText(sentence)
        self._steps.set_rows(case.steps)
        open_ = sale is not None and sale.settlement is None
        # Nobody would read it.
        self.note.setEnabled(open_ or bool(self.note.text().strip()))
        ways = {one.kind: one for one in state.ways}
        for kind, way_button in self.ways.items():
            way = ways.get(kind)
            way_button.setEnabled(way is not None and way.possible)
            way_button.setVisible(open_)
            self._details[kind].setVisible(way_button.isVisibleTo(self._settling))
            self._details[kind].setText(way.detail if way else "")
