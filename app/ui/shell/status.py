"""The status line, which only says what is true."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.data.store.unit_of_work import Written
from app.data.sync.state import Sync, SyncState
from app.domain.entities import Actor, Movement, Reason
from app.domain.errors import ShortStockError
from app.ui.core.appearance import Appearance
from app.ui.core.command import Command
from app.ui.core.formats import local_clock, megabytes, number, signed
from app.ui.core.icons import pixmap
from app.ui.core.message import NO_MESSAGE, Message, problem
from app.ui.core.sync_words import sync_icon
from app.ui.core.widgets import Elided, Text, button, row, tinted
from connector_config.errors import UserError
from connector_config.schema.collections import STOCK_MOVEMENTS

_SIZE_EVERY_MS = 10_000
_LOOK_AFTER = 0.04
"""Seconds from a change to asking what undo would take back."""


@dataclass(frozen=True, slots=True)
class StatusState:
    """`message` says what was saved last, or something about a scan.

    `undoes` names what undo would take back.
    """

    sync: SyncState
    size: int = 0
    message: Message = NO_MESSAGE
    undoes: str = ""


class StatusViewModel(QObject):
    """Follows what this device writes, and takes its last change back on request."""

    state_changed = Signal(object)
    short = Signal(object)

    def __init__(
        self,
        stock: StockRepository,
        catalogue: Catalogue,
        actor: Actor,
        sync: Sync,
        now: Callable[[], datetime],
        size: Callable[[], int],
        on_written: Callable[[Callable[[Written], None]], Callable[[], None]],
        parent: QObject | None = None,
        look_after: float = _LOOK_AFTER,
    ) -> None:
        super().__init__(parent)
        self._stock = stock
        self._catalogue = catalogue
        self._actor = actor
        self._now = now
        self._size = size
        self._last: Movement | None = None
        self.state = StatusState(sync.state, size())
        self.undo = Command(self._undo, self)
        self.undo.failed.connect(self._on_failed)
        self._look_after = look_after
        self._look = Command(self._look_up, self)
        self._look.changed.connect(self._on_looked)
        self._look_again = False
        self._following = ExitStack()
        self._following.callback(on_written(self._on_written))
        self._following.callback(sync.on_changed(lambda: self._update(sync=sync.state)))
        self._timer = QTimer(self)
        self._timer.setInterval(_SIZE_EVERY_MS)
        self._timer.timeout.connect(lambda: self._update(size=self._size()))
        self._timer.start()
        self._look_for_last()

    def close(self) -> None:
        """Stop following."""
        self._timer.stop()
        self._following.close()
        self._look_again = False
        self._look.cancel()

    def say(self, message: Message) -> None:
        """Tell something that has no place on the screen."""
        self._update(message=message)

    def request_undo(self, allow_negative: bool = False) -> None:
        """Write the counter-movement of this device's last change."""
        if self._last is not None:
            self.undo.execute(self._last, allow_negative)

    def _on_written(self, written: Written) -> None:
        if any(one.collection == STOCK_MOVEMENTS for one in written.touched):
            clock = local_clock(self._now())
            saved = Message(f"Saved on this device at {clock}")
            self._update(message=saved, size=self._size())
            # A look-up under way may have missed this change: another one follows it.
            self._look_again = not self._look_for_last()

    def _look_for_last(self) -> bool:
        """Ask what undo would take back; nothing where the person may not change stock."""
        return not self._actor.profile.role.may_adjust or self._look.execute()

    def _on_looked(self) -> None:
        if self._look_again and not self._look.running:
            self._look_again = False
            self._look_for_last()

    async def _look_up(self) -> None:
        # What the person works on is painted first.
        await asyncio.sleep(self._look_after)
        profile, device = self._actor.profile, self._actor.device
        self._last = await self._stock.last_undoable(profile.store_id, device.device_id)
        self._update(undoes=self._describe(self._last) if self._last else "")

    async def _undo(self, movement: Movement, allow_negative: bool) -> None:
        try:
            await self._stock.undo(movement, self._actor, allow_negative)
        except ShortStockError as error:
            self.short.emit(error)

    def _on_failed(self, error: UserError) -> None:
        self._update(message=problem(error))
        self._look_for_last()

    def _describe(self, movement: Movement) -> str:
        listing = self._catalogue.listing(movement.product_id)
        name = listing.product.name if listing else "a product"
        if movement.reason is Reason.MOVED and movement.to_place is not None:
            return f"{name} moved to {movement.to_place.code}"
        return f"{signed(movement.quantity)} {name}, {movement.reason.label.lower()}"

    def _update(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.state_changed.emit(self.state)


class StatusLine(QFrame):
    """The line: sync mode, the last save with its undo, and the size of the local store."""

    def __init__(self, view_model: StatusViewModel, appearance: Appearance) -> None:
        super().__init__()
        self.setObjectName("status")
        self._view_model = view_model
        self._appearance = appearance
        self._mode_icon = Text()
        self._shown_icon = ("", "")
        self._mode = Elided("", "small")
        self.saved = Elided("", "small")
        self.undo_button = button("Undo", view_model.request_undo, "quiet", "Ctrl+Z")
        tinted(self.undo_button, "undo", appearance, "muted")
        self._size = Text("", "small")
        layout = row(self._mode_icon, spacing=6)
        assert isinstance(layout, QHBoxLayout)
        layout.addWidget(self._mode, 1)
        layout.addSpacing(16)
        layout.addWidget(self.saved, 1)
        layout.addWidget(self.undo_button)
        layout.addSpacing(10)
        layout.addWidget(self._size)
        layout.setContentsMargins(16, 2, 16, 2)
        self.setLayout(layout)
        self.setFixedHeight(40)
        view_model.state_changed.connect(self._render)
        appearance.changed.connect(self._repaint)
        self._repaint()

    def _repaint(self) -> None:
        self._shown_icon = ("", "")
        self._render(self._view_model.state)

    def _render(self, state: StatusState) -> None:
        self._mode.set_text(state.sync.sentence)
        self._show_icon(*sync_icon(state.sync))
        message = state.message
        if state.undoes and not message.is_problem:
            # The last write may be another one, such as an undo.
            undoes = f"{message.text}  ·  to undo: {state.undoes}"
            message = Message(undoes if message else f"Last change: {state.undoes}")
        self.saved.say(message)
        self.undo_button.setVisible(bool(state.undoes))
        self.undo_button.setToolTip(f"Undo: {state.undoes} (Ctrl+Z)")
        self._size.setText(f"Local store {megabytes(state.size)}")

    def _show_icon(self, name: str, tone: str) -> None:
        if (name, tone) != self._shown_icon:
            self._shown_icon = (name, tone)
            colour = getattr(self._appearance.tokens, tone)
            self._mode_icon.setPixmap(pixmap(name, colour, 18))


def shortage_question(error: ShortStockError) -> str:
    """The question before an undo that takes on hand below zero."""
    return (
        f"Only {number(error.on_hand)} on hand now. Taking the change back leaves "
        f"{number(error.on_hand + error.quantity)}, shown in red until it is settled."
    )
