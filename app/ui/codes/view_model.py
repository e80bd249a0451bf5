"""Saying whose a code is that nobody knew: what is offered, what was taught, and its undo."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.data.stock.catalogue import Catalogue
from app.data.stock.product_codes import ProductCodeRepository
from app.data.store.unit_of_work import Written
from app.domain.entities import Actor
from app.domain.errors import CodeKnownError, InvalidInputError
from app.domain.product_codes import NewCode, Teaching, new_code
from app.domain.scans import AmbiguousCode, Scan, ScannedProduct, UnknownCode, Unread
from app.ui.codes.words import taught_sentence
from app.ui.core.command import Command
from app.ui.core.message import NO_MESSAGE, Message, problem
from connector_config.errors import UserError
from connector_config.schema.collections import PRODUCT_CODES

_TEACHABLE = (Unread.UNKNOWN, Unread.CHECK_DIGIT)
_PATIENCE = 10.0
"""Seconds until the catalogue has read what was just stored; it takes some milliseconds."""


@dataclass(frozen=True, slots=True)
class TeachingState:
    """`scan` and `code` are what somebody may say the product of; both are None where nothing is.

    `message` says what was taught last, `may_undo` whether it can still be taken back.
    """

    scan: Scan | None = None
    code: NewCode | None = None
    message: Message = NO_MESSAGE
    may_undo: bool = False


class TeachingViewModel(QObject):
    """Teaches the code that is offered, and then lets the scan act as if it had been known.

    `taught` tells that a code was taught, `known` carries a CodeKnownError to ask about, `refused`
    any other UserError.
    """

    state_changed = Signal(object)
    taught = Signal()
    known = Signal(object)
    refused = Signal(object)

    def __init__(
        self,
        codes: ProductCodeRepository,
        catalogue: Catalogue,
        actor: Actor,
        on_written: Callable[[Callable[[Written], None]], Callable[[], None]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._codes = codes
        self._catalogue = catalogue
        self._actor = actor
        self._act: Callable[[Scan], object] = lambda _: None
        self._last: Teaching | None = None
        self._is_last = False
        self._stop = on_written(self._on_written)
        self.state = TeachingState()
        self._teach = Command(self._teach_it, self, writes=True)
        self._teach.failed.connect(self._on_failed)
        self._undo = Command(self._undo_it, self, writes=True)
        self._undo.failed.connect(lambda error: self._update(message=problem(error)))

    def close(self) -> None:
        """Listen no more."""
        self._stop()

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._teach.running or self._undo.running

    def offer(self, scan: Scan, act: Callable[[Scan], object]) -> bool:
        """Offer to say whose code was scanned; `act` is what the scan does once it is known.

        False where it is no code that could be a product's.
        """
        code = None
        if isinstance(scan.meaning, UnknownCode) and scan.meaning.why in _TEACHABLE:
            with suppress(InvalidInputError):
                code = new_code(scan.text)
        self._act = act
        if code is None:
            self.withdraw()
        else:
            self._last = None
            self._update(scan=scan, code=code, message=NO_MESSAGE, may_undo=False)
        return code is not None

    def withdraw(self) -> None:
        """Offer nothing any more, such as after another scan."""
        if self.state.scan is not None:
            self._update(scan=None, code=None)

    def hide(self) -> None:
        """Offer nothing, and say nothing of what was taught."""
        self._last = None
        self._update(scan=None, code=None, message=NO_MESSAGE, may_undo=False)

    def teach(
        self, product_id: str, units: int, beside: bool = False, instead: bool = False
    ) -> None:
        """Make what is offered a code of a product, with so many units in it.

        See `ProductCodeRepository.teach`.
        """
        if self.state.scan is not None:
            self._teach.execute(self.state.scan, self._act, product_id, units, beside, instead)

    def undo(self) -> None:
        """Take back what was taught last."""
        if self._last is not None:
            self._undo.execute(self._last)

    def take_undo(self) -> bool:
        """Take it back if it was the last change on this device; False where it was not."""
        if self._last is None or not self._is_last:
            return False
        self.undo()
        return True

    async def _teach_it(
        self,
        scan: Scan,
        act: Callable[[Scan], object],
        product_id: str,
        units: int,
        beside: bool,
        instead: bool,
    ) -> None:
        teaching = await self._codes.teach(
            scan.text, product_id, units, self._actor, beside, instead
        )
        meant = await self._once_known(scan, product_id, units)
        self._last, self._is_last = teaching, True
        listing = self._catalogue.listing(product_id)
        name = listing.product.name if listing is not None else "a product"
        said = Message(taught_sentence(teaching.code, name))
        self._update(scan=None, code=None, message=said, may_undo=True)
        self.taught.emit()
        act(meant)

    async def _once_known(self, scan: Scan, product_id: str, units: int) -> Scan:
        """The scan as this device reads it from now on."""
        changed = asyncio.Event()
        cancel = self._catalogue.on_changed(changed.set)
        try:
            async with asyncio.timeout(_PATIENCE):
                while product_id not in _products(read := self._catalogue.read(scan.text)):
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            return replace(scan, meaning=ScannedProduct(product_id, units))
        finally:
            cancel()
        # Where several products have it, the person has said which one it was this time.
        is_sure = read.product_id == product_id
        return read if is_sure else replace(scan, meaning=ScannedProduct(product_id, units))

    async def _undo_it(self, teaching: Teaching) -> None:
        await self._codes.undo(teaching)
        self._last = None
        said = f"Taken back: {teaching.code.code} is as it was. What was booked with it stays."
        self._update(message=Message(said), may_undo=False)

    def _on_written(self, written: Written) -> None:
        if any(one.collection != PRODUCT_CODES for one in written.touched):
            # Ctrl+Z means what was done after it.
            self._is_last = False

    def _on_failed(self, error: UserError) -> None:
        (self.known if isinstance(error, CodeKnownError) else self.refused).emit(error)

    def _update(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.state_changed.emit(self.state)


def _products(scan: Scan) -> set[str]:
    match scan.meaning:
        case ScannedProduct(product_id):
            return {product_id}
        case AmbiguousCode(choices):
            return {one.product_id for one in choices}
        case _:
            return set()
