"""The choices of people about sync on this device, kept over restarts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Protocol

from app.data.sync.transports import Transport
from app.domain.entities import Profile
from app.domain.rights import Right, may

_OFFLINE = "sync/offline"
_CLOSED = "sync/closed_roads"
_STORES = "sync/stores"


class Preferences(Protocol):
    """A place where choices are kept; Qt's settings are one."""

    def value(self, key: str, default: Any, /) -> Any: ...

    def setValue(self, key: str, value: Any, /) -> None: ...

    def sync(self) -> None: ...


class Choices:
    """The choices: offline or not, which roads are closed, and the stores of each manager."""

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences

    @property
    def offline(self) -> bool:
        """Whether a person went offline."""
        # An INI file gives text back.
        return str(self._preferences.value(_OFFLINE, False)).lower() == "true"

    @offline.setter
    def offline(self, offline: bool) -> None:
        self._keep(_OFFLINE, offline)

    @property
    def closed(self) -> frozenset[Transport]:
        """The roads that a person closed."""
        names = str(self._preferences.value(_CLOSED, "")).split(",")
        return frozenset(road for road in Transport if road.value in names)

    @closed.setter
    def closed(self, roads: Iterable[Transport]) -> None:
        self._keep(_CLOSED, ",".join(sorted(one.value for one in roads)))

    def stores(self, profile: Profile) -> tuple[str, ...]:
        """The ids of the stores that this device holds for a person."""
        others = self._managers().get(_key(profile), []) if _chooses(profile) else []
        return tuple(sorted({profile.store_id, *others}))

    def keep_stores(self, profile: Profile, store_ids: Iterable[str]) -> None:
        """Keep the stores of a manager; nobody else has a choice."""
        if _chooses(profile):
            its = sorted({profile.store_id, *store_ids})
            self._keep(_STORES, json.dumps({**self._managers(), _key(profile): its}))

    def _managers(self) -> dict[str, list[str]]:
        try:
            stored = json.loads(str(self._preferences.value(_STORES, "{}")))
            return {name: list(map(str, its)) for name, its in stored.items()}
        except (ValueError, TypeError, AttributeError):
            return {}

    def _keep(self, key: str, value: object) -> None:
        self._preferences.setValue(key, value)
        # On the disk before anything is done about it: a start after a crash goes on with it.
        self._preferences.sync()


def _chooses(profile: Profile) -> bool:
    return may(profile.role, Right.WORK_ELSEWHERE)


def _key(profile: Profile) -> str:
    return profile.name.casefold()
