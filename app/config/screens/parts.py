"""The parts of which the screens of one sign-in are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QSettings

from app.config.repositories import Repositories
from app.data.sync.modes import Mode
from app.data.sync.service import SyncService
from app.domain.conventions import Conventions
from app.domain.entities import Actor, Store
from app.domain.rights import Right, may
from app.domain.shop_days import day_of
from app.ui.alerts.view_model import AlertsViewModel
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.filters import Days
from app.ui.core.scanner import ScannerFilter
from app.ui.core.screen import Screen
from app.ui.core.sounds import Sounds
from app.ui.find.view_model import FindViewModel
from app.ui.oversold.view_model import OversoldViewModel
from app.ui.product.chosen import ProductWays

S = TypeVar("S", bound=Screen)


@dataclass(frozen=True, slots=True)
class DeviceParts:
    """What belongs to the device, whoever is signed in."""

    scanner: ScannerFilter
    sounds: Sounds
    preferences: QSettings
    data_dir: Path


@dataclass(frozen=True)
class Parts:
    """What all screens are made of; `pictures` is a folder.

    `go` shows a screen and returns the one that is shown then, which is another one where something
    typed keeps that; `make` makes it where it is not there yet.
    """

    repositories: Repositories
    sync: SyncService
    appearance: Appearance
    actor: Actor
    stores: Sequence[Store]
    pictures: Path
    device: DeviceParts
    go: Callable[[str], Screen]
    make: Callable[[str], Screen]
    conventions: Conventions

    @property
    def store_id(self) -> str:
        """The store one is in."""
        return self.repositories.store_id

    @property
    def store(self) -> Store:
        """The store one is in."""
        return next(one for one in self.stores if one.store_id == self.store_id)

    @property
    def manages(self) -> bool:
        """Whether a manager is signed in, who works in several stores."""
        return may(self.actor.profile.role, Right.WORK_ELSEWHERE)

    @property
    def offline(self) -> bool:
        """Whether this device is in the mode offline, and never exchanges anything."""
        return self.sync.state.mode is Mode.OFFLINE

    @property
    def days(self) -> Days:
        """Reads the days that are typed into filters, those of the store one is in."""
        zone = self.store.zone
        return Days(lambda: day_of(self.repositories.now(), zone), self.conventions, zone)

    def held(self) -> list[Store]:
        """The store that the person works in, and a manager's others that this device holds."""
        if not self.manages:
            return [self.store]
        its, theirs = self.sync.state.stores, self.actor.profile.stores
        # Offline nothing leaves, so everything is there; who is one of the people has some stores.
        return [
            one
            for one in self.stores
            if (not its or one.store_id in its) and (not theirs or one.store_id in theirs)
        ]

    # What a screen shows, and the shell around it too; whoever asks first closes it.

    @cached_property
    def find(self) -> FindViewModel:
        """The search behind the bar on top."""
        return FindViewModel(self.repositories.catalogue, self.repositories.stock)

    @cached_property
    def approving(self) -> Approving:
        """Asks a manager of the store for the word that something needs."""
        return Approving(self.repositories.verifier, self.store_id)

    @cached_property
    def alerts(self) -> AlertsViewModel:
        """A view model that follows what waits for somebody in the store from now on."""
        return AlertsViewModel(self.repositories.alerts, list(self.stores), self.store_id)

    @cached_property
    def oversold(self) -> OversoldViewModel:
        """A view model that follows what was sold although it was not there from now on."""
        return OversoldViewModel(
            self.repositories.oversell,
            self.repositories.stock,
            self.repositories.catalogue,
            list(self.stores),
            [one.store_id for one in self.held()],
            self.actor,
        )

    @cached_property
    def ways(self) -> ProductWays:
        """What the person may do with products that are chosen in a list."""
        role = self.actor.profile.role

        def order(product_ids: Sequence[str]) -> None:
            from app.ui.reorder.screen import ReorderScreen

            if (screen := self.shown(ReorderScreen, "reorder")) is not None:
                screen.order_products(product_ids)

        def sell(product_id: str) -> None:
            from app.ui.order.screen import OrderScreen

            self.made(OrderScreen, "order").view_model.sell(product_id)

        return ProductWays(
            self.repositories.catalogue,
            may_move=may(role, Right.CHANGE_STOCK),
            order=order if may(role, Right.PURCHASE) else None,
            sell=sell if may(role, Right.SELL) else None,
        )

    def shown(self, kind: type[S], name: str) -> S | None:
        """Show a screen that is of this kind; None where something typed keeps the shown one."""
        screen = self.go(name)
        return screen if isinstance(screen, kind) else None

    def made(self, kind: type[S], name: str) -> S:
        """A screen that is of this kind; it need not be shown."""
        screen = self.make(name)
        assert isinstance(screen, kind)
        return screen
