"""The product card: where it stands, what is on hand, its history, and changes of stock."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.data.sync.delivery import Deliveries
from app.domain.approvals import Approval, WordNeededError
from app.domain.conventions import US, Conventions
from app.domain.entities import Actor, Movement, Place, Reason, StockItem, Store
from app.domain.errors import InvalidInputError, ShortStockError
from app.domain.rights import Right, may
from app.domain.stock import parse_place
from app.domain.unusual import Asked, unusual
from app.ui.core.actions import Actions
from app.ui.core.approving import NOT_APPROVED
from app.ui.core.command import Command
from app.ui.core.tasks import begin
from app.ui.product.item_ledger import ItemLedger
from app.ui.product.other_stores import OtherStores
from app.ui.product.state import Draft, ProductState
from connector_config.errors import UserError

_SETTLE_MS = 1_500
_NOT_HERE = "This store does not stock the product."
_NOT_READ = "The stock of this product is still being read: press it again in a moment."
_NOT_THIS_ROLE = "Sales reps look stock up; a store worker changes it."


class ProductViewModel(QObject):
    """Follows one product at every store; changes of stock go through `actions`, in order.

    `short` carries a ShortStockError, and whether it is about the draft; `unusual` an Unusual that
    the draft would post, `word_needed` the WordNeededError about it and whether it may go below
    zero; `saved` tells that the draft of the product that is shown was written,
    `quantity_refused` that it is wrong.
    """

    state_changed = Signal(object)
    short = Signal(object)
    unusual = Signal(object)
    word_needed = Signal(object, bool)
    saved = Signal()
    quantity_refused = Signal()
    place_refused = Signal(object)
    moved = Signal()
    refused = Signal(str)

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockRepository,
        actor: Actor,
        stores: list[Store],
        deliveries: Deliveries | None = None,
        parent: QObject | None = None,
        settle_ms: int = _SETTLE_MS,
        conventions: Conventions = US,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._stock = stock
        self._actor = actor
        self._conventions = conventions
        self._others = OtherStores(stores, actor.profile.store_id)
        self.deliveries = deliveries
        self._drafts: dict[str, Draft] = {}
        self._writing: Draft | None = None
        self._stepped: Movement | None = None
        self._opened = 0
        self._following = ExitStack()
        self._ledger = ItemLedger(stock, deliveries, actor, settle_ms, self)
        self._ledger.changed.connect(self._on_ledger)
        self.state = ProductState(may_adjust=may(actor.profile.role, Right.CHANGE_STOCK))
        self.actions = Actions(self)
        self.actions.failed.connect(self._on_failed)
        self.move = Command(self._move, self, writes=True)
        self.move.finished.connect(lambda _: self.moved.emit())
        self.move.failed.connect(self._on_failed)

    @property
    def busy(self) -> bool:
        """Whether something is being read or written."""
        return self.actions.running or self.move.running or self._ledger.reading

    @property
    def ean13(self) -> str:
        """The GTIN of 13 digits of the product that is shown, "" where it has none."""
        shown = self.state.product
        return self._catalogue.ean13(shown.product_id) if shown is not None else ""

    def open(self, product_id: str) -> None:
        """Show a product and follow it."""
        self.close()
        self._ledger.open()
        listing = self._catalogue.listing(product_id)
        self.state = ProductState(
            product=listing.product if listing else None,
            draft=self._drafts.get(product_id, Draft()),
            may_adjust=self.state.may_adjust,
        )
        self._following.callback(self._stock.watch_product(product_id, self._on_items))
        self._following.callback(self._catalogue.on_changed(self._load_product))
        self._load_product()
        self.state_changed.emit(self.state)

    def close(self) -> None:
        """Stop following the product."""
        self._opened += 1
        self._following.close()
        self._ledger.close()

    def edit(
        self,
        adding: bool | None = None,
        quantity: str | None = None,
        reason: Reason | None = None,
        note: str | None = None,
    ) -> None:
        """Change the draft; the preview follows."""
        self._set_draft(self.state.draft.edited(adding, quantity, reason, note))

    @property
    def unsaved(self) -> str:
        """The product whose change is typed and not saved, by its id; empty where there is none."""
        return next((key for key, draft in self._drafts.items() if draft.is_typed), "")

    @property
    def unsaved_words(self) -> str:
        """What is typed for that product, as a sentence."""
        draft, listing = self._drafts.get(self.unsaved), self._catalogue.listing(self.unsaved)
        if draft is None:
            return ""
        name = listing.product.name if listing is not None else self.unsaved
        typed = draft.quantity.strip() or draft.note.strip()[:40]
        return f"“{typed}” of {name} is typed and not saved: Enter saves it, Esc drops it."

    def is_done(self) -> bool:
        """Whether no change of the product is typed that waits; else say so beside the field."""
        waits = self.state.draft.is_typed and self.state.may_adjust and self.state.item is not None
        if not waits or self._writing is not None:
            # What is being written is on its way out of the field.
            return True
        typed = self.state.draft.quantity.strip() or "The note"
        self._refuse_quantity(f"“{typed}” is not saved yet: Enter saves it, Esc drops it.")
        return False

    def drop(self) -> bool:
        """Drop the change that is typed; False where there is none."""
        typed = self.state.draft.is_typed
        if typed:
            self._set_draft(self.state.draft.emptied())
        return typed

    def apply(
        self,
        allow_negative: bool = False,
        sure: bool = False,
        approval: Approval | None = None,
    ) -> None:
        """Write the draft; what is wrong with it is shown beside the field.

        Unusually many are asked about first, unless the person is `sure`; `approval` is a manager's
        word for it.
        """
        item, draft = self.state.item, self.state.draft
        try:
            change = draft.change(self._conventions)
        except InvalidInputError as error:
            self._refuse_quantity(str(error))
            return
        if not self.may_change() or item is None:
            return
        name = self.state.product.name if self.state.product else item.product_id
        ledger = self._ledger.ledger
        movements = [one.movement for one in ledger.lines] if ledger is not None else []
        found = unusual(Asked(item.product_id, name, change), item, movements)
        if found is not None and not sure:
            self.unusual.emit(found)
        elif self._writing is None:
            # A second press before the first one is written does not write it twice.
            self._adjust(item, change, draft.reason, allow_negative, draft, approval)

    def step(self, by: int, allow_negative: bool = False) -> None:
        """Change on hand by so many units, as a correction; quick presses wait for each other."""
        if self.may_change() and self.is_done():
            assert self.state.item is not None
            self._adjust(self.state.item, by, Reason.CORRECTION, allow_negative, None)

    def say_not_approved(self) -> None:
        """Say that what is typed is not written, because no manager approved it."""
        self._refuse_quantity(NOT_APPROVED)

    def take_step_back(self) -> None:
        """Take the last step back, as if it had not been; what is done next comes after it."""

        async def work() -> None:
            step, self._stepped = self._stepped, None
            if step is not None:
                await self._stock.undo(step, self._actor, allow_negative=True)

        self.actions.add(work)

    def may_change(self) -> bool:
        """Whether this person can change the stock of the product here; else say why not."""
        if not self.state.may_adjust:
            self.refused.emit(_NOT_THIS_ROLE)
        elif self.has_read() and self.state.item is None:
            self.refused.emit(_NOT_HERE)
        return self.state.may_adjust and self.state.item is not None

    def has_read(self) -> bool:
        """Whether what the store has of the product is read; else say that it comes."""
        if not self.state.is_read:
            self.refused.emit(_NOT_READ)
        return self.state.is_read

    def move_to(self, aisle: str, shelf: str, bin_: str) -> None:
        """Put the product at another place; `moved` or `place_refused` answers."""
        try:
            place = parse_place(aisle, shelf, bin_)
        except InvalidInputError as error:
            self.place_refused.emit(error)
            return
        item = self.state.item
        if not self.may_change() or item is None:
            return
        if place == item.place:
            self.place_refused.emit(InvalidInputError("aisle", "It stands there already."))
        else:
            self.move.execute(item, place)

    def show_more(self) -> None:
        """Show another page of the history."""
        self._ledger.show_more()

    def _refuse_quantity(self, sentence: str) -> None:
        self._update(quantity_error=sentence)
        self.quantity_refused.emit()

    def _adjust(
        self,
        item: StockItem,
        quantity: int,
        reason: Reason,
        allow_negative: bool,
        draft: Draft | None,
        approval: Approval | None = None,
    ) -> None:
        """Change the stock of an item, by a draft or by a step."""
        actor = replace(self._actor, approved_by=approval)
        note = draft.note if draft is not None else ""
        self._writing = draft or self._writing

        async def work() -> None:
            self._stepped = None
            try:
                made = await self._stock.adjust(item, quantity, reason, actor, note, allow_negative)
            except ShortStockError as error:
                if not self._shows(item):
                    raise
                self._drop_waiting()
                self.short.emit((error, draft is not None))
            except WordNeededError as error:
                if not self._shows(item) or draft is None:
                    raise
                self._drop_waiting()
                self.word_needed.emit(error, allow_negative)
            else:
                self._stepped = made if draft is None else None
                self._on_adjusted(item, quantity, draft)
            finally:
                if draft is not None:
                    self._writing = None

        self.actions.add(work)

    def _on_adjusted(self, item: StockItem, quantity: int, draft: Draft | None) -> None:
        if self.state.item is item:
            # It is committed: show it now; the live query is about to say the same.
            own = replace(item, stock_delta=item.stock_delta + quantity)
            self._update(item=own, preview=self.state.draft.preview(own, self._conventions))
        if draft is not None:
            self._empty(item, draft)
            if self._shows(item):
                self.saved.emit()

    async def _move(self, item: StockItem, place: Place) -> Movement:
        return await self._stock.move(item, place, self._actor)

    def _shows(self, item: StockItem) -> bool:
        shown = self.state.product
        return shown is not None and shown.product_id == item.product_id

    def _empty(self, item: StockItem, written: Draft) -> None:
        if self._drafts.get(item.product_id) != written:
            return
        self._drafts[item.product_id] = emptied = written.emptied()
        if self._shows(item):
            self._set_draft(emptied)

    def _drop_waiting(self) -> None:
        self.actions.drop_waiting()
        self._writing = None

    def _on_failed(self, error: UserError) -> None:
        self._drop_waiting()
        self.refused.emit(str(error))

    def _set_draft(self, draft: Draft) -> None:
        if self.state.product is not None:
            self._drafts[self.state.product.product_id] = draft
        self._update(
            draft=draft,
            quantity_error="",
            preview=draft.preview(self.state.item, self._conventions),
        )

    def _load_product(self) -> None:
        if self.state.product is not None:
            begin(self._read_product(self._opened, self.state.product.product_id))

    async def _read_product(self, opened: int, product_id: str) -> None:
        product = await self._catalogue.product(product_id)
        if opened == self._opened and product is not None:
            self._update(product=product)

    def _on_items(self, items: list[StockItem]) -> None:
        by_store = {item.store_id: item for item in items}
        own = by_store.get(self._actor.profile.store_id)
        self._update(
            item=own,
            is_read=True,
            elsewhere=self._others.rows(by_store),
            preview=self.state.draft.preview(own, self._conventions),
        )
        self._ledger.show(own)

    def _on_ledger(self) -> None:
        self._update(
            ledger=self._ledger.ledger,
            deliveries=self._ledger.deliveries,
            unexplained=self._ledger.unexplained,
        )

    def _update(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.state_changed.emit(self.state)
