"""The card on top of Sync: what is delivered, how far the first sync is, and the switch."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QProgressBar, QVBoxLayout

from app.data.sync.modes import Mode
from app.data.sync.state import Phase, Report, SyncState, progress
from app.data.sync.transports import Transport
from app.ui.core.appearance import Appearance
from app.ui.core.formats import local_clock, local_date
from app.ui.core.icons import pixmap
from app.ui.core.sync_words import sync_icon
from app.ui.core.widgets import Elided, Text, button, card, column, row
from connector_config.wording import counted


class Overview(QFrame):
    """The card; `road_set` carries a road and whether it is open."""

    switched = Signal()
    signing_in = Signal()
    signing_out = Signal()
    road_set = Signal(object, bool)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._state: SyncState | None = None
        self._icon = Text()
        self.headline = Elided("", "title")
        self.why = Elided("", "muted")
        self.problem = Text("", "error", wrap=True)
        self.last = Text("", "small")
        self.compared = Text("", "small")
        self.switch = button("Go offline", self.switched.emit)
        self.enter = button("Sign in…", self.signing_in.emit, "primary")
        self.leave = button("Sign out…", self.signing_out.emit)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("First sync")
        self._how_far = Text("", "small")
        self._roads_caption = Text("Connect over", "small")
        self.roads: dict[Transport, QCheckBox] = {}
        self._roads = row(self._roads_caption, spacing=14)
        self._roads.addStretch(1)
        words = column(self.headline, self.why, self.compared, self.problem, spacing=3)
        top = row(self._icon, 6, spacing=6)
        top.addLayout(words, 1)
        for one in (self.last, self.enter, self.leave, self.switch):
            top.addWidget(one)
        layout = QVBoxLayout()
        layout.setSpacing(10)
        layout.addLayout(top)
        layout.addLayout(row(self._bar, self._how_far))
        layout.addLayout(self._roads)
        outer = QVBoxLayout()
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(card(layout))
        self.setLayout(outer)
        appearance.changed.connect(self._repaint)

    def show_state(self, state: SyncState) -> None:
        """Show a state of sync."""
        self._state = state
        report = state.report
        on = report.phase is not Phase.OFF
        self.headline.set_text(headline(state))
        self.why.set_text(_why(state))
        self.problem.setText(report.problem)
        self.problem.setVisible(bool(report.problem))
        last = report.last_exchange
        self.last.setText(
            f"Last exchange {local_date(last)}, {local_clock(last)}" if last is not None else ""
        )
        self.compared.setText(compared(report))
        self.compared.setVisible(report.compared is not None)
        self.switch.setVisible(on)
        self.switch.setText("Go online" if state.paused else "Go offline")
        self.enter.setVisible(state.may_sign_in and report.phase is Phase.SIGNED_OUT)
        self.leave.setVisible(state.mode is Mode.CLOUD and report.phase is not Phase.SIGNED_OUT)
        first = report.phase is Phase.FIRST_SYNC
        self._bar.setVisible(first)
        self._how_far.setVisible(first)
        if first:
            self._bar.setRange(0, report.total or 0)
            self._bar.setValue(min(report.done, report.total or 0))
            self._how_far.setText(progress(report))
        self._show_roads(state.roads)
        self._repaint()

    def _show_roads(self, roads: tuple[tuple[Transport, bool], ...]) -> None:
        self._roads_caption.setVisible(bool(roads))
        for road, is_open in roads:
            box = self.roads.get(road)
            if box is None:
                box = self.roads[road] = QCheckBox(road.label)
                box.clicked.connect(lambda on, road=road: self.road_set.emit(road, on))
                self._roads.insertWidget(self._roads.count() - 1, box)
            box.setChecked(is_open)

    def _repaint(self) -> None:
        if self._state is not None:
            name, tone = sync_icon(self._state)
            self._icon.setPixmap(pixmap(name, getattr(self._appearance.tokens, tone), 32))


def _why(state: SyncState) -> str:
    if state.report.phase is Phase.OFF:
        return f"{state.reason[:1].upper()}{state.reason[1:]}"
    because = f"{state.mode.through}, because {state.reason}"
    paused = "You went offline" if state.paused and (state.waiting or state.refused) else ""
    return "  \N{MIDDLE DOT}  ".join(part for part in (paused, because) if part)


def compared(report: Report) -> str:
    """When this device last compared itself with MongoDB, and what came of that."""
    at, mended = report.compared, report.mended
    if at is None:
        return ""
    outcome = f"{counted(mended, 'document')} mended since the start" if mended else "all is equal"
    return f"Compared with MongoDB {local_date(at)}, {local_clock(at)}: {outcome}"


def headline(state: SyncState) -> str:
    """The first line of the card: whether everything has left this device."""
    report = state.report
    if report.phase is Phase.OFF:
        return "This device works offline"
    if state.refused or state.waiting:
        return " and ".join(part for part in (state.refused, state.waiting) if part)
    if state.tone == "ok":
        return "Everything is delivered"
    return {
        Phase.PAUSED: "Offline, because you chose so",
        Phase.SIGNED_OUT: "Nobody is signed in",
        Phase.CONNECTING: "Looking for others",
        Phase.FIRST_SYNC: "Getting the data for the first time",
        Phase.TROUBLE: "Not connected",
    }.get(report.phase, "Nothing to deliver")
