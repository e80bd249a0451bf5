"""All screens in the order of the navigation."""

from __future__ import annotations

from app.config.screens import finding, overview, papers, selling, stock, sync
from app.config.screens.parts import Parts
from app.ui.core.screen import Route


def routes(parts: Parts) -> tuple[Route, ...]:
    """All routes; each makes its screen of these parts when it is first shown."""
    return (
        *finding.routes(parts),
        *selling.routes(parts),
        *stock.routes(parts),
        *papers.routes(parts),
        *overview.routes(parts),
        *sync.routes(parts),
    )
