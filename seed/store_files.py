"""The stores, read from `seed/stores.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml

from connector_config.documents import StoreLocation
from seed.catalogue_files import Loader
from seed.errors import DataFileError


@dataclass(frozen=True, slots=True)
class StorePlan:
    """A store and what the generators need to know of it; `stores.yaml` explains the inputs."""

    store_id: str
    name: str
    rls_user_id: str
    is_online: bool
    opened: date
    location: StoreLocation
    customer_weight: float
    order_multiplier: float
    value_multiplier: float
    products_carried: int
    area_codes: tuple[str, ...]
    cold_winters: bool = False


@cache
def load_stores() -> tuple[StorePlan, ...]:
    """The eight stores; DataFileError when an entry of the file lacks a field."""
    text = resources.files("seed").joinpath("stores.yaml").read_text(encoding="utf-8")
    return tuple(_store(entry) for entry in yaml.load(text, Loader)["stores"])


def _store(entry: dict[str, Any]) -> StorePlan:
    try:
        return StorePlan(
            store_id=entry["store_id"],
            name=entry["store_name"],
            rls_user_id=entry["rls_user_id"],
            is_online=entry["is_online"],
            opened=entry["opened"],
            location=entry["location"],
            customer_weight=entry["customer_weight"],
            order_multiplier=entry["order_multiplier"],
            value_multiplier=entry["value_multiplier"],
            products_carried=entry["products_carried"],
            area_codes=tuple(entry["area_codes"]),
            cold_winters=entry.get("cold_winters", False),
        )
    except KeyError as error:
        raise DataFileError(f"stores.yaml: {entry.get('store_id')}: {error} is missing") from error
