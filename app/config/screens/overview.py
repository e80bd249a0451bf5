"""The screens that give an overview: what happened, and what waits for somebody."""

from __future__ import annotations

from app.config.screens.parts import Parts
from app.ui.core.screen import Route, Screen


def routes(parts: Parts) -> tuple[Route, ...]:
    """The routes of History, Alerts, Oversold, Sales, Closing and People."""
    return (
        Route("history", "History", "history", "Alt+8", lambda: history(parts)),
        Route("alerts", "Alerts", "bell", "Alt+9", lambda: alerts(parts)),
        Route("oversold", "Oversold", "warning", "Alt+D", lambda: oversold(parts)),
        Route("sales", "Sales", "bar_chart", "Alt+M", lambda: sales(parts)),
        Route("closing", "Closing", "event_available", "Alt+E", lambda: closing(parts)),
        Route("people", "People", "badge", "Alt+P", lambda: people(parts)),
    )


# The start waits for none of the modules that are imported from here on.


def history(parts: Parts) -> Screen:
    """The History screen: every movement of the store."""
    from app.ui.history.screen import HistoryScreen
    from app.ui.history.view_model import HistoryViewModel

    data = parts.repositories
    view_model = HistoryViewModel(data.history, data.stock, data.catalogue, parts.actor, parts.days)
    return HistoryScreen(view_model, parts.appearance)


def alerts(parts: Parts) -> Screen:
    """The Alerts screen: what waits for somebody in the store."""
    from app.ui.alerts.screen import AlertsScreen

    return AlertsScreen(parts.alerts, parts.appearance)


def oversold(parts: Parts) -> Screen:
    """The Oversold screen: what was sold although it was not there."""
    from app.ui.oversold.screen import OversoldScreen

    return OversoldScreen(parts.oversold, parts.appearance, parts.approving)


def sales(parts: Parts) -> Screen:
    """The Sales screen: what the stores sold."""
    from app.data.sync.state import Phase
    from app.ui.sales.screen import SalesScreen
    from app.ui.sales.view_model import SalesViewModel

    data = parts.repositories
    view_model = SalesViewModel(
        data.sales,
        data.catalogue,
        parts.held(),
        parts.days.today,
        lambda: parts.sync.state.report.phase is Phase.FIRST_SYNC,
    )
    return SalesScreen(view_model, parts.appearance)


def closing(parts: Parts) -> Screen:
    """The Closing screen: what a day came to, kept once."""
    from app.ui.closing.screen import ClosingScreen
    from app.ui.closing.view_model import ClosingViewModel

    view_model = ClosingViewModel(parts.repositories.closings, parts.actor, parts.days)
    return ClosingScreen(view_model, parts.appearance)


def people(parts: Parts) -> Screen:
    """The People screen: who works in the store."""
    from app.ui.people.screen import PeopleScreen
    from app.ui.people.view_model import PeopleViewModel

    view_model = PeopleViewModel(parts.repositories.staff, parts.actor, parts.held)
    return PeopleScreen(view_model, parts.appearance, parts.store)
