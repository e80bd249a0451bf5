"""The status line, which only says what is true."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.data.store.unit_of_work import Written
from app.data.sync.state import Sync, SyncState
from app.data.undoing.undo import Undoing
from app.domain.entities import Actor
from app.domain.errors import ShortStockError
from app.domain.last_change import Offer
from app.domain.rights import may, to_undo
from app.ui.core.announcing import announce
from app.ui.core.appearance import Appearance
from app.ui.core.command import Command
from app.ui.core.formats import local_clock, megabytes, number
from app.ui.core.icons import pixmap
from app.ui.core.message import NO_MESSAGE, Message, problem
from app.ui.core.sync_words import sync_icon
from app.ui.core.tasks import written
from app.ui.core.widgets import Elided, Text, button, row, tinted
from app.ui.core.zoom import px
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
    """Follows what this device writes, and takes its last change back on request.

    `asked` and `refused` carry an Offer that a person has to answer or to know of, `short` one that
    leaves less than nothing with its ShortStockError, `undone` one that is done. What was refused
    is passed over from then on: the next request is about the change before it.
    """

    state_changed = Signal(object)
    asked = Signal(object)
    refused = Signal(object)
    short = Signal(object, object)
    undone = Signal(object)

    def __init__(
        self,
        undoing: Undoing,
        actor: Actor,
        sync: Sync,
        now: Callable[[], datetime],
        size: Callable[[], int],
        on_written: Callable[[Callable[[Written], None]], Callable[[], None]],
        parent: QObject | None = None,
        look_after: float = _LOOK_AFTER,
    ) -> None:
        super().__init__(parent)
        self._undoing = undoing
        self._actor = actor
        self._now = now
        self._size = size
        self._passed: set[int] = set()
        self._of_scan: Message | None = None
        self._until = (NO_MESSAGE, "")
        self.state = StatusState(sync.state, size())
        self.undo = Command(self._act, self)
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

    def say_until_written(self, message: Message, collection: str) -> None:
        """The same about what a collection holds, until this device writes to that."""
        self._until = (message, collection)
        self.say(message)

    def say_of_scan(self, message: Message) -> None:
        """The same about a scan: the next one ends it."""
        self._of_scan = message
        self.say(message)

    def begin_scan(self) -> None:
        """What was said of the scan before is not about this one."""
        if self.state.message is self._of_scan:
            self.say(NO_MESSAGE)

    def request_undo(self, on_card: str = "") -> None:
        """Take the last change of this device back, or ask first, or say why that cannot be.

        `on_card` is the product whose card is shown, of which people may think that it is meant.
        """
        self.undo.execute(lambda: self._request(on_card))

    def take_back(self, offer: Offer, allow_negative: bool = False) -> None:
        """Do what was offered, after a person has said so."""
        self.undo.execute(lambda: self._take_back(offer, allow_negative))

    def _on_written(self, written: Written) -> None:
        touched = {one.collection for one in written.touched}
        message, collection = self._until
        if collection in touched and self.state.message is message:
            self.say(NO_MESSAGE)
        if STOCK_MOVEMENTS in touched:
            clock = local_clock(self._now())
            saved = Message(f"Saved on this device at {clock}")
            self._update(message=saved, size=self._size())
        if STOCK_MOVEMENTS in touched or written.made or written.undoes:
            # A look-up under way may have missed this change: another one follows it.
            self._look_again = not self._look_for_last()

    def _look_for_last(self) -> bool:
        """Ask what undo would take back."""
        return self._look.execute()

    def _on_looked(self) -> None:
        if self._look_again and not self._look.running:
            self._look_again = False
            self._look_for_last()

    async def _look_up(self) -> None:
        # What the person works on is painted first.
        await asyncio.sleep(self._look_after)
        offer = await self._last()
        possible = offer is not None and not offer.refused
        self._update(undoes=offer.name if offer is not None and possible else "")

    async def _last(self) -> Offer | None:
        profile, device = self._actor.profile, self._actor.device
        offer = await self._undoing.last(profile.store_id, device.device_id, self._passed)
        if offer is not None and not may(profile.role, to_undo(offer.made.change)):
            sentence = f"A {profile.role.label.lower()} leaves that to somebody who may do it."
            return replace(offer, sentence=sentence, refused=True, screen="")
        return offer

    async def _act(self, action: Callable[[], Awaitable[None]]) -> None:
        await action()

    async def _request(self, on_card: str) -> None:
        # What was pressed before it comes before it: a line of a receipt that is being posted is
        # not its last change.
        await written()
        offer = await self._last()
        if offer is None:
            self._update(message=Message(_nothing(on_card, bool(self._passed))))
            return
        if on_card and offer.product_id != on_card:
            aside = f"It is no change of the product on this card. {offer.sentence}".strip()
            offer = replace(offer, sentence=aside)
        if offer.refused:
            self._passed.add(offer.made.number)
            self._look_for_last()
            self.refused.emit(offer)
        elif offer.asks:
            self.asked.emit(offer)
        else:
            await self._take_back(offer, False)

    async def _take_back(self, offer: Offer, allow_negative: bool) -> None:
        try:
            await self._undoing.take_back(offer, self._actor, allow_negative)
        except ShortStockError as error:
            self.short.emit(offer, error)
            return
        # An undo with a question has said more.
        said = offer.sentence if offer.product_id and not offer.asks else ""
        self._update(message=Message(f"Undone: {offer.name}. {said}".strip()))
        self.undone.emit(offer)

    def _on_failed(self, error: UserError) -> None:
        self._update(message=problem(error))
        self._look_for_last()

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
        self._announced = NO_MESSAGE
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
        self.setFixedHeight(px(40))
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
        self.saved.show_message(message)
        if state.message != self._announced:
            # Not once more for what undo would take back, which follows a moment later.
            self._announced = state.message
            announce(self, state.message.text, state.message.is_problem)
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


def _nothing(on_card: str, passed: bool) -> str:
    if passed:
        return "Nothing else to undo: all that this device changed here before that is undone."
    if on_card:
        return "Nothing to undo: this device changed neither this product nor anything else here."
    return "Nothing to undo: this device has changed nothing here, or all of it is undone."
