"""The stores, read from `seed/stores.yaml` or from a file like it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from connector_config.errors import DataFileError
from connector_config.schema.documents import StoreLocation
from connector_config.schema.time_zones import has_database, zone_named
from connector_config.yaml_reading import NotYamlError, read_yaml

STORES_FILE: Final = "stores.yaml"


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
    time_zone: str = ""


def load_stores(file: Path | None = None) -> tuple[StorePlan, ...]:
    """The stores of a file, by default the eight of the package.

    Raises DataFileError when the file cannot be read or an entry lacks a field.
    """
    if file is None:
        return _own_stores()
    return _load(file)


@cache
def _own_stores() -> tuple[StorePlan, ...]:
    return _load(resources.files("seed").joinpath(STORES_FILE))


def _load(file: Traversable) -> tuple[StorePlan, ...]:
    try:
        _, content = read_yaml(file.read_text(encoding="utf-8"))
    except NotYamlError as error:
        raise DataFileError(f"{file.name}: line {error.line}: {error.problem}") from None
    except (OSError, UnicodeDecodeError):
        raise DataFileError(f"{file.name}: cannot be read as a text in UTF-8") from None
    entries = content.get("stores") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise DataFileError(f"{file.name}: stores is missing or not a list with entries")
    return tuple(_store(file.name, entry) for entry in entries)


_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "store_id": (str,),
    "store_name": (str,),
    "rls_user_id": (str,),
    "is_online": (bool,),
    "opened": (date,),
    "location": (dict,),
    "customer_weight": (int, float),
    "order_multiplier": (int, float),
    "value_multiplier": (int, float),
    "products_carried": (int,),
    "area_codes": (list,),
}


def _store(file: str, entry: Any) -> StorePlan:
    try:
        for name, kinds in _KINDS.items():
            # A datetime is a date, and true is a number, and neither is meant.
            if type(entry[name]) not in kinds:
                store, value = str(entry["store_id"])[:60], str(entry[name])[:60]
                raise DataFileError(f"{file}: {store}: {name} cannot be {value!r}")
        time_zone = entry.get("time_zone", "")
        if not isinstance(time_zone, str) or (
            time_zone and has_database() and zone_named(time_zone) is None
        ):
            store, value = str(entry["store_id"])[:60], str(time_zone)[:60]
            raise DataFileError(f"{file}: {store}: there is no time_zone {value!r}")
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
            time_zone=time_zone,
        )
    except KeyError as error:
        raise DataFileError(f"{file}: {entry.get('store_id')}: {error} is missing") from error
    except (TypeError, AttributeError):
        raise DataFileError(f"{file}: {str(entry)[:60]!r} is not a store with its fields") from None
