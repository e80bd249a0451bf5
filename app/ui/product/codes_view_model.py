"""The codes of the product on the card, which managers correct."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.data.stock.product_codes import ProductCodeRepository
from app.domain.entities import Actor
from app.domain.errors import CodeKnownError
from app.domain.product_codes import TaughtCode
from app.domain.rights import Right, may
from app.ui.codes.words import taught_sentence, units_label
from app.ui.core.actions import Actions
from app.ui.core.message import NO_MESSAGE, Message, problem
from app.ui.core.scan_words import shown
from connector_config.errors import UserError


@dataclass(frozen=True, slots=True)
class CodesState:
    """The codes of a product, single units first; `may_undo` is about what `message` says.

    Until `is_read` nobody knows whether it has any.
    """

    codes: tuple[TaughtCode, ...] = ()
    is_read: bool = False
    may_correct: bool = False
    message: Message = NO_MESSAGE
    may_undo: bool = False


class CodesViewModel(QObject):
    """Follows the codes of one product.

    `written` tells that a code was added or corrected, `known` carries a CodeKnownError to ask
    about, `refused` any other UserError of it.
    """

    state_changed = Signal(object)
    written = Signal()
    known = Signal(object)
    refused = Signal(object)

    def __init__(
        self, codes: ProductCodeRepository, actor: Actor, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._codes = codes
        self._actor = actor
        self._product_id = ""
        self._name = ""
        self._following = ExitStack()
        self._take_back: Callable[[], Awaitable[object]] | None = None
        self.state = CodesState(may_correct=may(actor.profile.role, Right.CORRECT_CODES))
        self.actions = Actions(self)
        self.actions.failed.connect(self._on_failed)

    def open(self, product_id: str, name: str) -> None:
        """Show the codes of a product and follow them."""
        self.close()
        self._product_id, self._name = product_id, name
        self._take_back = None
        self._update(codes=(), is_read=False, message=NO_MESSAGE, may_undo=False)
        self._following.callback(
            self._codes.watch(
                product_id, lambda codes: self._update(codes=tuple(codes), is_read=True)
            )
        )

    def close(self) -> None:
        """Stop following them."""
        self._following.close()

    def add(self, text: str, units: int, beside: bool = False, instead: bool = False) -> None:
        """Add a code to the product; see `ProductCodeRepository.teach`."""
        self._teach(self._product_id, text, units, beside, instead)

    def correct(self, code: TaughtCode, units: int) -> None:
        """Say how many units are in what carries a code of the product."""
        self._teach(code.product_id, code.code, units, beside=True, instead=False)

    def remove(self, code: TaughtCode) -> None:
        """Make a code nobody's."""

        async def work() -> None:
            await self._codes.forget(code, self._actor)
            self._done(
                code.product_id,
                f"{shown(code.code)}, {units_label(code.units)}, is removed.",
                lambda: self._codes.restore(code, self._actor),
            )

        self.actions.add(work)

    def undo(self) -> None:
        """Take back what was done last on this card."""
        take_back, self._take_back = self._take_back, None
        if take_back is None:
            return

        async def work() -> None:
            await take_back()
            self._update(message=Message("Taken back."), may_undo=False)

        self.actions.add(work)

    def _teach(self, product_id: str, text: str, units: int, beside: bool, instead: bool) -> None:
        name = self._name

        async def work() -> None:
            try:
                teaching = await self._codes.teach(
                    text, product_id, units, self._actor, beside, instead
                )
            except UserError as error:
                (self.known if isinstance(error, CodeKnownError) else self.refused).emit(error)
                return
            self.written.emit()
            self._done(
                product_id,
                taught_sentence(teaching.code, name),
                lambda: self._codes.undo(teaching),
            )

        self.actions.add(work)

    def _done(
        self, product_id: str, sentence: str, take_back: Callable[[], Awaitable[object]]
    ) -> None:
        if product_id == self._product_id:
            self._take_back = take_back
            self._update(message=Message(sentence), may_undo=True)

    def _on_failed(self, error: UserError) -> None:
        self._update(message=problem(error), may_undo=False)

    def _update(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.state_changed.emit(self.state)
