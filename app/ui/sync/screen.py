"""The Sync screen: one card, and below it one table at a time."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from app.data.sync.modes import Mode, Way
from app.data.sync.space import Room
from app.data.sync.state import Event, PeerView
from app.domain.errors import FaultyDocumentError
from app.ui.core.appearance import Appearance
from app.ui.core.formats import local_clock, local_date, megabytes, number
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.screen import Screen
from app.ui.core.sync_words import collection_title
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided, Segments, Text, column, row
from app.ui.sync.dialogs import SignInDialog, ask_sign_out
from app.ui.sync.overview import Overview
from app.ui.sync.scanner import ScannerPanel
from app.ui.sync.scanner_view_model import ScannerViewModel
from app.ui.sync.stores import StoresPanel
from app.ui.sync.stores_view_model import StoresState, StoresViewModel
from app.ui.sync.view_model import SHOWN, SyncScreenState, SyncViewModel, WaitingRow
from connector_config.variables import settings_file

STORES = "stores"
"""The tab that only managers have."""
SCANNER = "scanner"
FAULTY = "faulty"
"""The tab that is there while a document on this device is faulty."""

_MODE_HINT = "This device exchanges with nobody. “Ways to sync” says what to set."


def _size(size: int) -> str:
    return megabytes(size) if size >= 100_000 else f"{max(size // 1000, 1)} kB"


def _moment(at: Any) -> Cell:
    return Cell(local_clock(at), local_date(at)) if at is not None else Cell("–", tone="muted")


def _key(key: object) -> str:
    return ", ".join(map(str, key.values())) if isinstance(key, dict) else str(key)


def _needs(way: Way) -> Cell:
    first, _, rest = way.needs.rpartition(", ")
    return Cell(first, f"and {rest}") if first else Cell(rest)


def _way_state(way: Way) -> Cell:
    if way.lacks:
        return Cell("Not set", tone="muted")
    return Cell("Set", tone="ok")


_WAITING = (
    Column[WaitingRow](
        "What",
        lambda one: Cell(one.what, one.more, "danger" if one.refused else "", bold=True),
    ),
    Column[WaitingRow]("Since", lambda one: _moment(one.since), 130, order=attrgetter("since")),
)
_PEERS = (
    Column[PeerView]("Who", lambda one: Cell(one.who, one.where, bold=True)),
    Column[PeerView]("Over", lambda one: Cell(one.way), 150),
    Column[PeerView](
        "Connected since", lambda one: _moment(one.since), 140, order=attrgetter("since")
    ),
    Column[PeerView](
        "Last exchange",
        lambda one: _moment(one.last_exchange),
        140,
        order=attrgetter("last_exchange"),
    ),
)
_ROOMS = (
    Column[Room]("Data", lambda one: Cell(collection_title(one.collection), bold=True)),
    Column[Room]("Documents", lambda one: Cell(number(one.documents)), 140, right=True),
    Column[Room](
        "About", lambda one: Cell(_size(one.size)), 120, right=True, order=attrgetter("size")
    ),
)
_FAULTY = (
    Column[FaultyDocumentError](
        "What",
        lambda one: Cell(f"{collection_title(one.collection)}: {_key(one.key)}", one.title),
        order=attrgetter("collection"),
    ),
    Column[FaultyDocumentError]("Why", lambda one: Cell(one.brief, tone="danger")),
)
_LOG = (
    Column[Event](
        "When",
        lambda one: Cell(f"{local_date(one.at)}, {local_clock(one.at)}"),
        190,
        order=attrgetter("at"),
    ),
    Column[Event]("What", lambda one: Cell(one.text, tone=one.tone)),
)
_WAYS = (
    Column[Way]("Way", lambda one: Cell(one.mode.label, one.does, bold=True)),
    Column[Way]("Set in .env", _needs),
    Column[Way]("", _way_state, 110),
)


class SyncScreen(Screen):
    """The screen: what waits, peers, a manager's stores, room, log, and the ways to sync."""

    def __init__(
        self,
        view_model: SyncViewModel,
        appearance: Appearance,
        scanner: ScannerViewModel,
        stores: StoresViewModel | None = None,
    ) -> None:
        super().__init__()
        self._view_model = view_model
        self.overview = Overview(appearance)
        self.overview.switched.connect(view_model.switch.execute)
        self.overview.road_set.connect(view_model.set_road.execute)
        self.overview.signing_in.connect(self._sign_in)
        self.overview.signing_out.connect(self._sign_out)
        self._models: dict[str, RowsModel[Any]] = {}
        self.tables: dict[str, RowsTable] = {}
        self._stack = QStackedWidget()
        for name, title, columns, key in (
            ("waiting", "Not sent yet", _WAITING, lambda one: one.key),
            ("peers", "Connected", _PEERS, lambda one: one.key),
            ("rooms", "Room on this device", _ROOMS, lambda one: one.collection),
            ("log", "Log", _LOG, id),
            (FAULTY, "Faulty", _FAULTY, lambda one: (one.collection, str(one.key))),
            ("ways", "Ways to sync", _WAYS, lambda one: one.mode),
        ):
            self._models[name] = model = RowsModel[Any](columns, key)
            height = 36 if name in ("rooms", "log") else 48
            table = RowsTable(model, appearance, title, height, open_on_click=False)
            self.tables[name] = table
            self._stack.addWidget(table)
        titles = [(name, table.accessibleName()) for name, table in self.tables.items()]
        self._stores = stores
        self._pages: dict[str, QWidget] = {**self.tables}
        if stores is not None:
            self._pages[STORES] = panel = StoresPanel(stores)
            self._stack.addWidget(panel)
            titles.insert(2, (STORES, "Stores"))
            stores.state_changed.connect(self._render_stores)
        self.scanner = self._pages[SCANNER] = ScannerPanel(scanner, appearance)
        self._stack.addWidget(self.scanner)
        titles.append((SCANNER, "Scanner"))
        self.tabs = Segments(titles, self._on_tab, "Show")
        self.scanner.pad.left.connect(lambda: self.tabs.button(SCANNER).setFocus())
        self._note = Elided("", "small")
        self._message = Text("", wrap=True)
        layout = column(self.overview, self._message, spacing=12)
        layout.addLayout(row(self.tabs, None))
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._note)
        layout.setContentsMargins(24, 20, 24, 16)
        self.setLayout(layout)
        view_model.state_changed.connect(self._render)
        self._render(view_model.state)
        if stores is not None:
            self._render_stores(stores.state)
        if view_model.state.sync.mode is Mode.OFFLINE:
            self.open_item("ways")

    def activate(self) -> None:
        self._view_model.activate()
        if self._stores is not None:
            self._stores.activate()

    def deactivate(self) -> None:
        self._view_model.deactivate()
        # Whoever signs out here leaves no screen behind that still takes every scan.
        self.scanner.view_model.listen(False)
        if self._stores is not None:
            self._stores.deactivate()

    def open_item(self, key: str) -> None:
        self.tabs.choose(key)
        self.show_table(key)
        self.tabs.button(key).setFocus()

    def focus_first(self) -> None:
        if self.overview.switch.isVisible():
            self.overview.switch.setFocus()
        else:
            self.tabs.button(self.tabs.chosen).setFocus()

    def show_table(self, name: str) -> None:
        """Show one of the tables, the stores, or the scanner."""
        self._stack.setCurrentWidget(self._pages[name])
        # It is about this device alone, and wants the room.
        self.overview.setVisible(name != SCANNER)
        self._render_note(self._view_model.state)

    def _on_tab(self, name: str) -> None:
        self.show_table(name)
        if name == SCANNER:
            # Whoever goes there scans next.
            self.scanner.focus_first()

    def _render(self, state: SyncScreenState) -> None:
        sync = state.sync
        self.overview.show_state(sync)
        self._message.say(state.message)
        self._message.setVisible(bool(state.message))
        off = sync.mode is Mode.OFFLINE
        rows = {
            "waiting": () if off else state.waiting,
            "peers": sync.report.peers,
            "rooms": state.rooms,
            "log": sync.log,
            FAULTY: state.faulty,
            "ways": sync.ways,
        }
        for name, its in rows.items():
            self._models[name].set_rows(its)
        self.tabs.button("peers").setText(f"Connected ({len(sync.report.peers)})")
        count = f" ({number(sync.pending)})" if sync.waiting else ""
        self.tabs.button("waiting").setText(f"Not sent yet{count}")
        self.tabs.button(FAULTY).setText(f"Faulty ({number(len(state.faulty))})")
        self.tabs.button(FAULTY).setVisible(bool(state.faulty) or self.tabs.chosen == FAULTY)
        empty = {
            "waiting": _MODE_HINT if off else "Everything this device wrote has been delivered.",
            "peers": _MODE_HINT if off else _nobody(sync.mode, sync.paused),
            "rooms": "There is no data on this device yet.",
            "log": "Nothing has happened since the start.",
            FAULTY: "Every document on this device can be read.",
        }
        for name, text in empty.items():
            self.tables[name].set_empty_text(text)
        self._render_note(state)

    def _render_note(self, state: SyncScreenState) -> None:
        shown = self.tabs.chosen if hasattr(self, "tabs") else ""
        pending, rows = state.sync.pending, len(state.waiting)
        notes = {
            "rooms": f"Sizes are estimates from 50 documents each. The whole store, with its "
            f"indexes, takes {_size(state.total)}.",
            "waiting": f"The oldest {SHOWN} of {number(pending)}"
            if pending > rows >= SHOWN
            else "",
            FAULTY: "They count and sell nothing until the back office mends them; all else works.",
            "ways": f"Set them in {settings_file()} or in .env, and start again.",
        }
        self._note.set_text(notes.get(shown, ""))
        self._note.setVisible(bool(notes.get(shown)))

    def _render_stores(self, state: StoresState) -> None:
        held = sum(one.held for one in state.rows)
        self.tabs.button(STORES).setText(f"Stores ({held})")

    def _sign_in(self) -> None:
        SignInDialog(self, self._view_model).open()

    def _sign_out(self) -> None:
        ask_sign_out(self, self._view_model.state.sync, self._view_model.sign_out.execute)


def _nobody(mode: Mode, paused: bool) -> str:
    if paused:
        return "You went offline. “Go online” connects again."
    return {
        Mode.P2P: "Nobody is near. Other devices need the same network and a licence too.",
        Mode.CLOUD: "Neither Ditto Cloud nor a device nearby is connected.",
        Mode.LINK: "MongoDB is not connected.",
    }.get(mode, _MODE_HINT)
