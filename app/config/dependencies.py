"""Puts together the screens and services of one person, from sign-in to sign-out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.config.repositories import Repositories
from app.config.screens.finding import product
from app.config.screens.help import open_help
from app.config.screens.parts import DeviceParts, Parts
from app.config.screens.routes import routes
from app.config.screens.spotlight import open_spotlight
from app.data.papers.tidying import Tidying
from app.data.sync.service import SyncService
from app.domain.conventions import US, Conventions
from app.domain.entities import Actor, Profile, Store
from app.domain.rights import sees
from app.domain.shop_days import zones_problem
from app.ui.alerts.view_model import AlertsViewModel
from app.ui.codes.view_model import TeachingViewModel
from app.ui.core.appearance import Appearance
from app.ui.core.message import Message, problem
from app.ui.oversold.view_model import OversoldViewModel
from app.ui.shell.scanned import PaperFinder
from app.ui.shell.status import StatusViewModel
from app.ui.shell.stores import OtherStores
from app.ui.shell.teaching import Teaching
from app.ui.shell.welcome import Welcome
from app.ui.shell.workplace import Workplace
from connector_config.schema.collections import STAFF

_TOLD_OF_ZONES = "told/time_zones"
_TOLD_OF_PEOPLE = "told/people"


@dataclass(frozen=True, slots=True)
class Shift:
    """What follows the store while somebody is signed in; without `alerts` where none are shown."""

    workplace: Workplace
    oversold: OversoldViewModel
    alerts: AlertsViewModel | None
    tidying: Tidying

    def close(self) -> None:
        """Stop following the store."""
        self.workplace.close_all()
        self.tidying.close()
        if self.alerts is not None:
            self.alerts.close()
        self.oversold.close()


def make_shift(
    repositories: Repositories,
    sync: SyncService,
    appearance: Appearance,
    actor: Actor,
    stores: Sequence[Store],
    pictures: Path,
    device: DeviceParts,
    sign_out: Callable[[], object],
    move: Callable[[Profile], object],
    conventions: Conventions = US,
) -> Shift:
    """Make the workplace and what follows the store; the catalogue must be open.

    `pictures` is a folder; `move` lets the same person work in another store.
    """
    profile = actor.profile
    parts = Parts(
        repositories,
        sync,
        appearance,
        actor,
        tuple(stores),
        pictures,
        device,
        lambda name: workplace.go(name),
        lambda name: workplace.make(name),
        conventions,
    )
    session = repositories.session
    all_routes = routes(parts)
    status = StatusViewModel(
        repositories.undoing,
        actor,
        sync,
        repositories.now,
        lambda: session.size,
        session.on_written,
    )
    others = OtherStores(
        parts.held,
        lambda store: move(replace(profile, store_id=store.store_id)),
        None if parts.offline else lambda: workplace.open_item("sync", "stores"),
    )
    workplace = Workplace(
        profile,
        parts.store,
        all_routes,
        parts.find,
        lambda: product(parts),
        status,
        PaperFinder(repositories.paper_numbers),
        Teaching(
            TeachingViewModel(
                repositories.product_codes, repositories.catalogue, actor, session.on_written
            ),
            repositories.catalogue,
            appearance,
        ),
        appearance,
        sign_out,
        Welcome(device.preferences, parts.offline and parts.store.is_demo),
        others if parts.manages else None,
    )
    parts.approving.heard.connect(workplace.scans.heard)
    workplace.help_asked.connect(lambda: open_help(parts, workplace))
    workplace.bar.anything_asked.connect(lambda: open_spotlight(parts, all_routes, workplace))
    parts.oversold.state_changed.connect(
        lambda state: workplace.rail.set_count("oversold", state.waiting)
    )
    if parts.manages and not _tell_of_zones(parts, status) and not profile.person_id:
        _tell_of_people(parts, status)
    alerts = parts.alerts if sees(profile.role, "alerts") else None
    if alerts is not None:
        alerts.state_changed.connect(lambda state: workplace.rail.set_count("alerts", state.total))
    tidying = Tidying(
        session,
        repositories.feed,
        repositories.receiving,
        repositories.settler,
        repositories.merging,
        repositories.forgetting,
        actor,
    )
    return Shift(workplace, parts.oversold, alerts, tidying)


def _tell_of_zones(parts: Parts, status: StatusViewModel) -> bool:
    """Tell a manager of stores whose days are this computer's; once, as long as it is the same."""
    sentence, told = zones_problem(parts.stores), parts.device.preferences
    news = bool(sentence) and told.value(_TOLD_OF_ZONES) != sentence
    if news:
        status.say(problem(sentence))
    told.setValue(_TOLD_OF_ZONES, sentence)
    return news


def _tell_of_people(parts: Parts, status: StatusViewModel) -> None:
    """Tell a manager of a store without people that it is open; once on a device."""
    told, key = parts.device.preferences, f"{_TOLD_OF_PEOPLE}/{parts.store_id}"
    if not told.value(key):
        status.say_until_written(
            Message(
                f"Anybody may sign in to {parts.store.short_name}, as anything. People (Alt+P) "
                "says who may, where the shop wants that."
            ),
            STAFF,
        )
        told.setValue(key, "1")
