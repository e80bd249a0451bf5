"""Settings that only the data of this device can judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config.dependencies import check_store
from app.domain.entities import Store
from app.settings import SettingError, Settings

STORES = [
    Store("store_seattle", "Zava Retail Seattle", "Seattle"),
    Store("store_tacoma", "Zava Retail Tacoma", "Tacoma"),
]


def test_a_store_that_is_not_there_names_the_variable_and_the_stores() -> None:
    with pytest.raises(SettingError) as wrong:
        check_store(Settings(Path(), store_id="store_atlantis"), STORES)
    assert str(wrong.value) == (
        "ZAVA_STORE is 'store_atlantis', which is no store here: "
        "set it to store_seattle or store_tacoma."
    )


def test_a_store_that_is_there_is_fine() -> None:
    check_store(Settings(Path(), store_id="store_tacoma"), STORES)
    check_store(Settings(Path()), STORES)


def test_before_the_first_data_no_store_is_wrong() -> None:
    check_store(Settings(Path(), store_id="store_atlantis"), [])
