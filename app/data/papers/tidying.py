"""Keeps in order what devices did apart, from sign-in to sign-out, whatever screen is open."""

from __future__ import annotations

import asyncio
import logging
from contextlib import ExitStack, suppress
from typing import Final

from app.data.papers.receiving import ReceivingRepository
from app.data.papers.settling import Settler
from app.data.selling.forgetting import ForgettingRepository
from app.data.selling.merging import MergingRepository
from app.data.stock.feed import StockFeed
from app.data.store.session import Session
from app.domain.entities import Actor
from connector_config.errors import UserError
from connector_config.schema.condition import has_text

PAUSE: Final = 1.0
"""Seconds between two looks, at least."""
_EVERY: Final = 30.0
_log = logging.getLogger("zava.tidying")

# What arrives moves the stock or adds to a paper.
_NEWS: Final = (
    "SELECT returns, receipts FROM transfers WHERE from_store_id = :store_id "
    "ORDER BY created_at DESC LIMIT 200",
    "SELECT number FROM transfers WHERE to_store_id = :store_id ORDER BY created_at DESC LIMIT 200",
    "SELECT number FROM replenishments WHERE store_id = :store_id "
    "ORDER BY created_at DESC LIMIT 200",
    "SELECT settlements FROM oversell_cases WHERE store_id = :store_id "
    "ORDER BY updated_at DESC LIMIT 500",
    "SELECT customer_id, merged_into FROM customers USE INDEX 'customers_merged' "
    f"WHERE {has_text('merged_into')} LIMIT 20000",
    "SELECT customer_id, first_name, last_name, email, phone FROM customers "
    f"USE INDEX 'customers_forgotten' WHERE {has_text('forgotten_at')} LIMIT 20000",
)


class Tidying:
    """Joins receipts and papers that arrived apart, and takes back what happened twice.

    Of customers who were merged in a circle it lets one stand, and forgets who wished it.

    It looks soon after the start, when something has arrived, and every half minute, because the
    parts of what arrives between devices come one by one. Close it before the session.
    """

    def __init__(
        self,
        session: Session,
        feed: StockFeed,
        receiving: ReceivingRepository,
        settler: Settler,
        merging: MergingRepository,
        forgetting: ForgettingRepository,
        actor: Actor,
        pause: float = PAUSE,
    ) -> None:
        self._receiving = receiving
        self._settler = settler
        self._merging = merging
        self._forgetting = forgetting
        self._actor = actor
        self._pause = pause
        self._news = asyncio.Event()
        self.looking = False
        """Whether it reads or writes just now."""
        store = {"store_id": actor.profile.store_id}
        self._following = ExitStack()
        for dql in _NEWS:
            self._following.callback(session.watch(dql, store, lambda rows: self._news.set()))
        self._following.callback(feed.on_news(store.values(), self._news.set))
        self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        """Stop looking; a write that had begun is finished."""
        self._following.close()
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            # Not while the first screen is being painted, and not for each of many that arrive.
            await asyncio.sleep(self._pause)
            with suppress(TimeoutError):
                async with asyncio.timeout(_EVERY):
                    await self._news.wait()
            self._news.clear()
            self.looking = True
            try:
                await self._receiving.link_papers(self._actor.profile.store_id)
                await self._settler.settle(self._actor)
                await self._merging.tidy()
                await self._forgetting.tidy()
            except UserError as error:
                # Whoever writes by hand is told of a full disk; this is tried again.
                _log.warning("not tidied: %s", error)
            except Exception as error:
                asyncio.get_running_loop().call_exception_handler(
                    {"message": "tidying failed", "exception": error}
                )
            finally:
                self.looking = False
