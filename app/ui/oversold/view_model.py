"""Oversold goods: open cases, how each can be settled, and what was settled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.data.selling.oversell import OversellRepository
from app.data.selling.oversell_watch import Oversold
from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.domain.approvals import Approval, WordNeededError
from app.domain.distance import kilometres
from app.domain.entities import Actor, Product, StockItem, Store
from app.domain.oversell import Case, Sale, Settlement, SettlementKind
from app.domain.rights import Right, may
from app.ui.core.actions import Actions
from app.ui.core.approving import NOT_APPROVED
from app.ui.core.command import Command
from app.ui.core.formats import distance, money, number
from app.ui.core.message import NO_MESSAGE, Message, problem
from connector_config.errors import UserError

_FAR = float("inf")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with the names of its product and its store; `key` is the item's id."""

    key: str
    name: str
    sku: str
    store: str
    case: Case


@dataclass(frozen=True, slots=True)
class Way:
    """A way to settle the chosen sale; `detail` says what it does, or why it cannot be done."""

    kind: SettlementKind
    detail: str
    possible: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """A way of settling, ready to be done, whatever is chosen by then.

    `question` is its title, what it does and the word for yes where it cannot be undone; else None.
    """

    question: tuple[str, str, str] | None
    do: Callable[[], None]


@dataclass(frozen=True, slots=True)
class SettledRow:
    """A settlement with the names of product and stores; `mine` if it waits to be read here."""

    key: str
    name: str
    store: str
    from_store: str
    settlement: Settlement
    mine: bool


@dataclass(frozen=True, slots=True)
class OversoldState:
    """The cases, None before the first answer; `chosen` is one of them, `sale` its sale."""

    rows: tuple[CaseRow, ...] | None = None
    settled: tuple[SettledRow, ...] = ()
    chosen: CaseRow | None = None
    sale: Sale | None = None
    ways: tuple[Way, ...] = ()
    message: Message = NO_MESSAGE

    @property
    def waiting(self) -> int:
        """The number in the shell: cases with nothing under way, and notices to be read."""
        open_ = sum(1 for one in self.rows or () if one.case.open)
        return open_ + sum(1 for one in self.settled if one.mine)


class OversoldViewModel(QObject):
    """Follows some stores from sign-in to sign-out; those who may not settle see only notices.

    `settled` and `refused` carry the key of a case that was settled, or was not, with the note,
    `word_needed` the WordNeededError of a settlement, and what does it once a manager's Approval is
    there.
    """

    state_changed = Signal(object)
    settled = Signal(str, str)
    refused = Signal(str, str)
    word_needed = Signal(object, object)

    def __init__(
        self,
        oversold: OversellRepository,
        stock: StockRepository,
        catalogue: Catalogue,
        stores: Sequence[Store],
        held: Sequence[str],
        actor: Actor,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._oversold = oversold
        self._stock = stock
        self._catalogue = catalogue
        self._stores = {one.store_id: one for one in stores}
        self._actor = actor
        self._chosen = ""
        self._senders: list[tuple[Store, StockItem, float]] = []
        self._substitutes: list[tuple[Product, StockItem]] = []
        self._asked: object = None
        self.may_settle = may(actor.profile.role, Right.SETTLE_OVERSOLD)
        self.state = OversoldState()
        self._actions = Actions(self)
        self._actions.failed.connect(lambda error: self.say(problem(error)))
        self._looking = Command(self._find_ways, self)
        self._looking.changed.connect(self._look_again)
        self._heard = Oversold()
        self._following = ExitStack()
        self._following.callback(oversold.watch(held, self._on_oversold))
        self._following.callback(catalogue.on_changed(self._refresh))

    @property
    def busy(self) -> bool:
        """Whether something is being read or written."""
        return self._looking.running or self._actions.running

    def close(self) -> None:
        """Stop following the stores."""
        self._following.close()
        self._looking.cancel()

    def choose(self, key: str) -> None:
        """Choose a case."""
        if key != self._chosen:
            self._chosen = key
            self.state = replace(self.state, message=NO_MESSAGE)
            self._refresh()

    def plan(self, kind: SettlementKind, note: str) -> Plan | None:
        """What settling the chosen sale this way does; None where that is not possible."""
        row, sale = self.state.chosen, self.state.sale
        possible = any(one.kind is kind and one.possible for one in self.state.ways)
        if row is None or sale is None or not possible:
            return None
        # What is offered may be for another case by the time that it is done.
        sender = self._senders[0][0] if self._senders else None
        product = self._substitutes[0][0] if self._substitutes else None
        note = note.strip()
        settle = partial(self._settle, row, sale, kind, note, sender, product)

        def do(approval: Approval | None = None) -> None:
            self._actions.add(lambda: work(replace(self._actor, approved_by=approval)))

        async def work(actor: Actor) -> None:
            try:
                await settle(actor)
            except UserError as error:
                self.refused.emit(row.key, note)
                if not isinstance(error, WordNeededError):
                    raise
                self.word_needed.emit(error, do)

        detail = next(one.detail for one in self.state.ways if one.kind is kind)
        return Plan(_question(kind, sale, detail), do)

    def say(self, message: Message) -> None:
        """Show a message."""
        self.state = replace(self.state, message=message)
        self.state_changed.emit(self.state)

    def say_not_approved(self) -> None:
        """Say that a sale was not settled, because no manager approved it."""
        self.say(problem(NOT_APPROVED))

    def mark_seen(self, row: SettledRow) -> None:
        """Note that the person for whom a notice is has read it."""
        if row.mine:
            self._actions.add(partial(self._oversold.mark_seen, row.settlement))

    async def _settle(
        self,
        row: CaseRow,
        sale: Sale,
        kind: SettlementKind,
        note: str,
        sender: Store | None,
        product: Product | None,
        actor: Actor,
    ) -> None:
        case = row.case
        if kind is SettlementKind.TRANSFER:
            assert sender is not None
            await self._oversold.transfer(case, sale, sender.store_id, actor, note)
            done = f"{sender.short_name} was asked for {number(sale.short)} (Ctrl+Z takes it back)"
        elif kind is SettlementKind.BACK_ORDER:
            await self._oversold.back_order(case, sale, actor, note)
            done = "The customer waits for goods (Ctrl+Z takes it back)"
        elif kind is SettlementKind.SWAP:
            assert product is not None
            store = self._stores[case.item.store_id]
            await self._oversold.swap(case, sale, product, store, actor, note)
            done = f"The customer gets {product.name}"
        else:
            await self._oversold.cancel(case, sale, actor, note)
            done = f"Order {sale.number or sale.order_id} is cancelled"
        self.settled.emit(row.key, note)
        if self._chosen == row.key:
            # On to the next one that is open, if there is one.
            self._chosen = ""
        self._refresh()
        self.say(Message(f"{done}: {row.name} is settled."))

    def _on_oversold(self, found: Oversold) -> None:
        self._heard = found
        self._refresh()

    def _refresh(self) -> None:
        rows = tuple(map(self._row, self._heard.cases)) if self.may_settle else ()
        settled = tuple(map(self._settled, self._heard.settled))
        if not self.may_settle:
            me = self._actor.device.device_id
            settled = tuple(one for one in settled if one.settlement.for_device_id == me)
        chosen = next((one for one in rows if one.key == self._chosen), rows[0] if rows else None)
        sale = _next_sale(chosen.case) if chosen else None
        self.state = OversoldState(rows, settled, chosen, sale, self.state.ways, self.state.message)
        self._look_again()
        self.state_changed.emit(self.state)

    def _look_again(self) -> None:
        row, sale = self.state.chosen, self.state.sale
        wanted = (row.key, sale.sale_id, sale.short, sale.settlement) if row and sale else None
        if wanted == self._asked or self._looking.running:
            return
        self._asked = wanted
        self.state = replace(self.state, ways=())
        if row is not None and sale is not None:
            self._looking.execute(row.case, sale)

    async def _find_ways(self, case: Case, sale: Sale) -> None:
        """See who has it, and what could be had instead."""
        here = self._stores[case.item.store_id]
        senders = [
            (store, item, _FAR if (far := kilometres(here, store)) is None else far)
            for item in await self._stock.of_product(case.item.product_id)
            if (store := self._stores.get(item.store_id)) is not None
            and item.store_id != here.store_id
            and item.on_hand >= sale.short
        ]
        self._senders = sorted(senders, key=lambda one: (one[2], one[0].store_id))
        self._substitutes = await self._oversold.substitutes(case, sale) if sale.order_id else []
        self.state = replace(self.state, ways=tuple(self._ways(sale)))
        self.state_changed.emit(self.state)

    def _ways(self, sale: Sale) -> list[Way]:
        if sale.settlement is not None:
            return []
        units = number(sale.short)
        if self._senders:
            store, item, far = self._senders[0]
            away = "" if far == _FAR else f", {distance(far)} away"
            send = Way(
                SettlementKind.TRANSFER,
                f"Ask {store.short_name} for {units}: it has {number(item.on_hand)}{away}.",
            )
        else:
            send = Way(SettlementKind.TRANSFER, "No other store has enough of it.", False)
        wait = Way(SettlementKind.BACK_ORDER, f"The customer waits for {units} that come anyway.")
        if not sale.order_id:
            none = "No order took these."
            return [
                send,
                wait,
                Way(SettlementKind.SWAP, none, False),
                Way(SettlementKind.CANCEL, none, False),
            ]
        name = sale.number or sale.order_id
        if self._substitutes:
            product, item = self._substitutes[0]
            price = money(product.price)
            detail = f"Give {product.name} instead, for {price} each: {number(item.on_hand)} here."
            swap = Way(SettlementKind.SWAP, detail)
        else:
            swap = Way(SettlementKind.SWAP, "Nothing of its kind is here in its place.", False)
        detail = f"All of order {name} comes back; {sale.first.who} is told."
        return [send, wait, swap, Way(SettlementKind.CANCEL, detail)]

    def _row(self, case: Case) -> CaseRow:
        name, sku = self._named(case.item.product_id)
        return CaseRow(case.item.inventory_id, name, sku, self._store(case.item.store_id), case)

    def _settled(self, settlement: Settlement) -> SettledRow:
        profile, device = self._actor.profile, self._actor.device
        mine = (
            settlement.is_notice
            and not settlement.seen_at
            and not settlement.taken_back_at
            and (settlement.for_device_id, settlement.for_who) == (device.device_id, profile.name)
        )
        name, _ = self._named(settlement.product_id)
        from_ = self._store(settlement.from_store_id)
        return SettledRow(
            settlement.key, name, self._store(settlement.store_id), from_, settlement, mine
        )

    def _named(self, product_id: str) -> tuple[str, str]:
        listing = self._catalogue.listing(product_id)
        return (listing.product.name, listing.product.sku) if listing else (product_id, "")

    def _store(self, store_id: str) -> str:
        store = self._stores.get(store_id)
        return store.short_name if store else store_id


def _question(kind: SettlementKind, sale: Sale, detail: str) -> tuple[str, str, str] | None:
    order = sale.number or sale.order_id
    if kind is SettlementKind.CANCEL:
        detail = f"{detail} The money is to be given back, and this cannot be undone."
        return f"Cancel order {order}?", detail, "Cancel the order"
    if kind is SettlementKind.SWAP:
        detail = (
            f"{detail} {number(sale.short)} of order {order} come back, another order takes their "
            "place, and this cannot be undone."
        )
        return f"Swap the product in order {order}?", detail, "Swap it"
    return None


def _next_sale(case: Case) -> Sale | None:
    """The oldest that nothing is under way about, or else the oldest."""
    unsettled = [one for one in case.sales if one.settlement is None]
    return next(iter(unsettled or case.sales), None)
