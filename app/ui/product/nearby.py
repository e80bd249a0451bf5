"""Other stores' goods: how fresh their figures are, what carts hold, and how to get them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from app.data.selling.carts import CartRepository
from app.data.sync.modes import Mode
from app.data.sync.state import Sync
from app.domain.carts import Cart
from app.domain.entities import Actor
from app.domain.rights import Right, may
from app.ui.core.formats import ago, number
from app.ui.core.message import NO_MESSAGE, Message
from app.ui.product.state import Elsewhere

_AGES_EVERY_MS = 30_000


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways to ask for goods, by product id: `sell` puts them into the open cart.

    `request` asks a store, whose id comes first.
    """

    sell: Callable[[str], object]
    request: Callable[[str, str], object]


class NearbyViewModel(QObject):
    """Follows sync and the carts while the product card is open; `here` is the store's name.

    Only the devices of a store may change its stock: those who only sell do so from their own, and
    those of the stock room ask another store for a transfer.
    """

    changed = Signal()

    def __init__(
        self,
        carts: CartRepository,
        sync: Sync,
        actor: Actor,
        now: Callable[[], datetime],
        ways: Ways,
        here: str = "this store",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._carts = carts
        self._sync = sync
        self._store_id = actor.profile.store_id
        self._now = now
        self._ways = ways
        self._here = here
        self._known: list[Cart] = []
        self._following = ExitStack()
        self._product_id = ""
        self.sells = may(actor.profile.role, Right.SELL)
        self.requests = may(actor.profile.role, Right.TRANSFER)
        self.message = NO_MESSAGE
        self._timer = QTimer(self)
        self._timer.setInterval(_AGES_EVERY_MS)
        self._timer.timeout.connect(self.changed.emit)

    def open(self, product_id: str) -> None:
        """Follow what concerns a product."""
        self.close()
        self._product_id, self.message = product_id, NO_MESSAGE
        self._following.callback(self._sync.on_changed(self.changed.emit))
        if self.sells:
            self._following.callback(self._carts.watch_all(self._store_id, self._on_carts))
        self._timer.start()

    def close(self) -> None:
        """Stop following."""
        self._timer.stop()
        self._following.close()

    @property
    def in_carts(self) -> str:
        """Words for what the carts of this device hold of the product; empty where nothing."""
        lines = [(cart, cart.line(self._product_id)) for cart in self._known]
        held = [(_who(cart), line.quantity) for cart, line in lines if line is not None]
        if not held:
            return ""
        carts = "; ".join(f"{name}: {number(units)}" for name, units in held[:3])
        more = f"; {len(held) - 3} more" if len(held) > 3 else ""
        total = sum(units for _, units in held)
        return f"{number(total)} in open carts of this device ({carts}{more})"

    def seen(self, elsewhere: Elsewhere) -> str:
        """Words for when this device last knew a store's figure; never later than it can know."""
        state = self._sync.state
        heard = state.report.last_exchange
        if state.mode is Mode.P2P:
            # Of another store only its own devices bring the news.
            times = [
                peer.last_exchange for peer in state.report.peers if elsewhere.store in peer.where
            ]
            heard = max((time for time in times if time is not None), default=None)
        known = [time for time in (elsewhere.changed, heard) if time is not None]
        if not known:
            return "nobody knows since when"
        seen = f"seen {ago(max(known), self._now())}"
        return seen if state.connected else f"{seen}, offline since"

    def sell(self) -> None:
        """Put one unit of the product into the open cart."""
        if self.sells and self._product_id:
            self._ways.sell(self._product_id)
            self._say("One more in the open cart.")

    @property
    def word(self) -> str:
        """What the button beside another store does."""
        return "Request" if self.requests else "Sell here"

    def consequence(self, store: str) -> str:
        """What that means for the stock of the other store, and of this one."""
        if self.requests:
            return f"Asks {store} for a transfer to {self._here}"
        return f"Takes {self._here}'s stock, not {store}'s: only {store} sells that"

    def order_from(self, elsewhere: Elsewhere) -> None:
        """Ask another store for the product; for those who only sell, put it into the cart."""
        if self.requests:
            self._ways.request(elsewhere.store_id, self._product_id)
        else:
            self._ways.sell(self._product_id)
            self._say(
                f"In the open cart: it takes {self._here}'s stock, not {elsewhere.store}'s. What "
                f"is short here can be brought from {elsewhere.store}: a store worker requests it."
            )

    def _on_carts(self, carts: list[Cart]) -> None:
        self._known = carts
        self.changed.emit()

    def _say(self, sentence: str) -> None:
        self.message = Message(sentence)
        self.changed.emit()


def _who(cart: Cart) -> str:
    return cart.customer.name if cart.customer else "no customer yet"
