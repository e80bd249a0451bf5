"""The Sales screen: figures on top, sales over time, and where they come from."""

from __future__ import annotations

import asyncio
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QWidget

from app.domain.sales import BY_RETURN, BY_SALE
from app.ui.core.appearance import Appearance
from app.ui.core.bindings import Binding
from app.ui.core.chart import Bar, BarChart, RankChart
from app.ui.core.command import Command
from app.ui.core.dialogs import choose_file
from app.ui.core.formats import MINUS, counted, local_day, number, signed
from app.ui.core.screen import Screen
from app.ui.core.widgets import Elided, Segments, Text, button, card, column, row, tinted
from app.ui.sales.view_model import KINDS, STEPS, Line, SalesState, SalesViewModel
from connector_config.errors import UserError

_SPANS = {"day": "31 days", "week": "26 weeks", "month": "12 months"}
_RETURNS = {
    BY_SALE: "on the day of the sale",
    BY_RETURN: "on the day they came",
    "": "as each store has it",
}
_MARK = "*"
_DOT = "  \N{MIDDLE DOT}  "


def _money(cents: float) -> str:
    return f"${number(round(cents / 100))}".replace(f"${MINUS}", f"{MINUS}$")


def _bar(line: Line, what: str) -> Bar:
    sentence = (
        f"{line.label}: {_money(line.cents)} in {_units(line.count, what)}; a year before "
        f"{_money(line.cents_before)} in {number(line.count_before)}"
    )
    label = line.label
    if line.was is not None:
        label += _MARK
        before = f"{_money(line.was[1])} in {_units(line.was[0], what)}"
        sentence += (
            f". {_MARK} Changed on {local_day(line.changed)}, after it was over: was {before}"
        )
    return Bar(label, line.cents, line.cents_before, _money(line.cents), sentence)


def _units(count: int, what: str) -> str:
    return counted(count, what.removesuffix("s"))


class SalesScreen(Screen):
    """The screen: D, W and M show days, weeks and months; arrows walk along the bars."""

    def __init__(self, view_model: SalesViewModel, appearance: Appearance) -> None:
        super().__init__()
        self.view_model = view_model
        self._look = appearance
        self._summary = Elided("", "muted")
        self.steps = Segments(
            tuple((step, f"{label} ({label[0]})") for step, label in STEPS),
            lambda step: view_model.choose(step=step),
            "Time",
        )
        header = row(Text("Sales", "title"), 8, self._summary, self.steps)
        header.setStretch(2, 1)
        self.tiles = {name: Text("", "heading") for name in ("sales", "orders", "stock", "low")}
        self._notes = {name: Elided("", "small") for name in self.tiles}
        tiles = row(*(self._tile(name) for name in self.tiles), spacing=12)
        self.time = BarChart(appearance, "Sales over time, beside the year before", _money)
        self.ranks = RankChart(appearance, "Where the sales come from")
        self.kinds = Segments(KINDS, lambda kind: view_model.choose(kind=kind), "Sales by")
        self.csv_time = self._csv("periods", "sales-over-time.csv")
        self.csv_ranks = self._csv("ranks", "sales-by.csv")
        self._time_title = Text("Over time", "heading")
        pictures = row(
            self._picture(self._time_title, self.time, self.csv_time),
            self._picture(self.kinds, self.ranks, self.csv_ranks),
            spacing=12,
        )
        pictures.setStretch(0, 1)
        pictures.setStretch(1, 1)
        layout = column(spacing=12)
        layout.addLayout(header)
        layout.addLayout(tiles)
        layout.addLayout(pictures, 1)
        layout.setContentsMargins(24, 20, 24, 16)
        self.setLayout(layout)
        self.press_keys(
            *(
                Binding(label[0], f"Show {label.lower()}", partial(self._show_step, step))
                for step, label in STEPS
            ),
            Binding("P", "Save the picture with the keyboard as a PNG file", self._ask_picture),
        )
        self._save = Command(self._save_picture, self)
        self._save.finished.connect(self._summary.set_text)
        self._save.failed.connect(lambda error: self._summary.set_text(str(error)))
        view_model.state_changed.connect(self._render)
        view_model.export.finished.connect(self._summary.set_text)
        view_model.export.failed.connect(lambda error: self._summary.set_text(str(error)))

    def activate(self) -> None:
        self.view_model.activate()

    def deactivate(self) -> None:
        self.view_model.deactivate()

    def focus_first(self) -> None:
        self.time.setFocus()

    def _show_step(self, step: str) -> None:
        self.steps.choose(step)
        self.view_model.choose(step=step)

    def _ask_picture(self) -> None:
        chart, name = (
            (self.ranks, "sales-by.png")
            if self.ranks.hasFocus()
            else (self.time, "sales-over-time.png")
        )
        image = chart.grab().toImage()
        choose_file(self, "Save the picture", name, "png", lambda to: self._save.execute(image, to))

    async def _save_picture(self, image: QImage, path: str) -> str:
        if not await asyncio.to_thread(image.save, path):
            raise UserError(f"The picture was not written: choose another place than {path}.")
        return f"Picture written to {path}"

    def _offer_picture(self, chart: BarChart | RankChart, at: QPoint) -> None:
        chart.setFocus()
        menu = QMenu(chart)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Save as a PNG file… (P)", self._ask_picture)
        menu.popup(chart.mapToGlobal(at))

    def _tile(self, name: str) -> QFrame:
        return card(column(self.tiles[name], self._notes[name], spacing=2), 12)

    def _csv(self, picture: str, name: str) -> QPushButton:
        one = button("CSV…", partial(self._choose_file, picture, name), tip="Save as a CSV file")
        tinted(one, "download", self._look)
        return one

    def _picture(self, title: QWidget, chart: BarChart | RankChart, csv: QPushButton) -> QFrame:
        sentence = Text("", "muted", wrap=True)
        sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        # Two lines in a narrow window, so that the picture never moves.
        sentence.setMinimumHeight(2 * sentence.fontMetrics().lineSpacing() + 4)
        chart.pointed.connect(sentence.setText)
        chart.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        chart.customContextMenuRequested.connect(partial(self._offer_picture, chart))
        top = row(title, None, csv)
        layout = column(spacing=8)
        layout.addLayout(top)
        layout.addWidget(chart, 1)
        layout.addWidget(sentence)
        return card(layout)

    def _choose_file(self, picture: str, name: str) -> None:
        choose_file(
            self,
            "Export sales",
            name,
            "csv",
            lambda path: self.view_model.export.execute(path, picture),
        )

    def _render(self, state: SalesState) -> None:
        total, stock = state.total, state.stock
        what = "units" if state.kind in ("category", "product") else "orders"
        self.time.set_bars([_bar(one, "orders") for one in state.periods or ()])
        self.ranks.set_bars([_bar(one, what) for one in state.ranks])
        self.time.set_note(f"Returns count {_RETURNS[state.returns]}")
        span = _SPANS[state.step]
        self.tiles["sales"].setText(_money(total.cents))
        self._notes["sales"].set_text(f"Sold, {span}{_change(total.cents, total.cents_before)}")
        self.tiles["orders"].setText(number(total.count))
        self._notes["orders"].set_text(f"Orders{_change(total.count, total.count_before)}")
        self.tiles["stock"].setText(_money(stock.cents))
        self._notes["stock"].set_text("In stock, at cost")
        self.tiles["low"].setText(number(stock.low))
        self._notes["low"].set_text(f"Low{_DOT}{number(stock.negative)} below zero")
        if state.adding:
            words = "Orders are being added up; the newest come first."
        elif not total.count and not total.count_before:
            words = "Nothing was sold in this time. Orders are counted as they come in."
        else:
            words = (
                "Before tax, without what was cancelled or came back"
                f"{_DOT}% and paler bars are about a year before"
            )
            if any(one.was is not None for one in state.periods or ()):
                words += f"{_DOT}{_MARK} changed after it was over"
        self._summary.set_text(words)


def _change(now: int, before: int) -> str:
    return f"{_DOT}{signed(round(100 * (now - before) / before))}%" if before else ""
