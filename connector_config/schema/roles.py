"""The roles that a person signs in with."""

from __future__ import annotations

from typing import Final, Literal

Role = Literal["worker", "rep", "manager", "super_manager"]
ROLES: Final[tuple[Role, ...]] = ("worker", "rep", "manager", "super_manager")
