"""What a device tells of itself says which documents it asks for."""

from __future__ import annotations

from typing import Any

import pytest

from app.data.sync.presence import asked_by, introduction
from app.domain.entities import Device, Profile, Role
from connector_config.schema.scope import shared
from tests.helpers.two_stores import SEATTLE, scope

DEVICE = Device("device-1", "laptop")


@pytest.mark.parametrize("role", Role)
def test_an_introduction_says_what_is_asked_for(role: Role) -> None:
    its = introduction(Profile(SEATTLE, role, "Maya"), "Seattle", DEVICE)
    assert asked_by(its) == scope(SEATTLE, role)


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"store": "Seattle", "role": "Manager", "person": "Maya", "device_id": "device-1"},
        {"store_id": SEATTLE},
        {"store_id": SEATTLE, "role": "Auditor"},
        {"store_id": [SEATTLE], "role": "Manager"},
        {"store_id": SEATTLE, "role": ["Manager"]},
    ],
)
def test_of_any_other_only_what_everybody_asks_for_is_known(metadata: dict[str, Any]) -> None:
    assert asked_by(metadata) == shared()
