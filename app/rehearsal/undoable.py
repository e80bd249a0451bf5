"""What of a device's changes can be undone, on whatever device, as History undoes it."""

from __future__ import annotations

from app.data.stock.history import HistoryFilter, HistoryRepository
from app.domain.entities import Movement


async def newest_undoable(
    history: HistoryRepository, store_id: str, device_id: str
) -> Movement | None:
    """The newest movement of a device in a store that can be undone here; None where there is none.

    Two devices that do not hear of each other may find the same one.
    """
    wanted = HistoryFilter(store_id, device_id=device_id)
    page = await history.page(wanted)
    while True:
        for movement in page.movements:
            if (await history.preview_undo(movement)).allowed:
                return movement
        if page.next is None:
            return None
        page = await history.page(wanted, page.next)
