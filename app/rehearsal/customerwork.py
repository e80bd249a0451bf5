"""What a peer does with customers who are one person, as a manager does it in the app."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.config.repositories import Repositories
from app.domain.customers import Customer
from app.domain.entities import Actor, Role
from app.domain.errors import PaperError


class Customerwork:
    """Merges customers, and tidies what was merged apart."""

    def __init__(self, repositories: Repositories, actor: Actor) -> None:
        self._repositories = repositories
        self._actor = replace(actor, profile=replace(actor.profile, role=Role.MANAGER))

    async def merge(self, customer: Any, other: Any) -> dict[str, Any]:
        kept, gone = [await self._found(key) for key in (customer, other)]
        await self._repositories.merging.merge(kept, gone, self._actor)
        return {}

    async def tidy_customers(self) -> dict[str, Any]:
        await self._repositories.merging.tidy()
        return {}

    async def _found(self, key: Any) -> Customer:
        its = self._repositories.customers
        found = await its.get(key["primary_store_id"], key["customer_id"])
        if found is None:
            raise PaperError("This customer is not there.")
        return found
