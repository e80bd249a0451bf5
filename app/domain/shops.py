"""A shop that begins on this device: its first store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.domain.conventions import Conventions
from app.domain.entities import USUAL_COUNTRY
from app.domain.new_ids import id_of
from app.domain.numerals import readings
from connector_config.schema.documents import Store
from connector_config.schema.time_zones import has_database, zone_named
from connector_config.wording import counted

_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class TypedShop:
    """What a person typed of a shop and its first store, as it stands in the fields."""

    name: str
    town: str
    address: str
    country: str
    tax: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class NewShop:
    """A shop that can begin; `tax_percent` is its sales tax."""

    name: str
    town: str
    address: str
    country: str
    tax_percent: Decimal
    time_zone: str

    @property
    def store_name(self) -> str:
        """The name of the first store, as on receipts."""
        return f"{self.name} {self.town}".strip()


def read_shop(typed: TypedShop, conventions: Conventions) -> NewShop | Mapping[str, str]:
    """The shop, or what is wrong with each field that is, by its name."""
    name, town, address = (" ".join(one.split()) for one in (typed.name, typed.town, typed.address))
    country = typed.country.strip().upper() or USUAL_COUNTRY
    zone = typed.time_zone.strip()
    wrong: dict[str, str] = {}
    if not name:
        wrong["name"] = "Type the name of the shop, as it is on receipts."
    for field, text in (("name", name), ("town", town), ("address", address)):
        if len(text) > _LONGEST:
            wrong[field] = f"This has {counted(len(text), 'letter')}: shorten it to {_LONGEST}."
    if not (len(country) == 2 and country.isascii() and country.isalpha()):
        wrong["country"] = "Type the two letters of the country, such as US."
    tax = readings(typed.tax.removesuffix("%").strip(), conventions)
    if len(tax) != 1 or not 0 <= tax[0] <= 100:
        wrong["tax"] = "Type the sales tax in percent, such as 10.1; 0 where there is none."
    if not zone or (has_database() and zone_named(zone) is None):
        wrong["time_zone"] = "Type the time zone of the shop, such as America/Los_Angeles."
    return wrong or NewShop(name, town, address, country, tax[0], zone)


def store_document(shop: NewShop, rls_user_id: str, at: str) -> Store:
    """The document of its first store; `rls_user_id` is a new UUID, `at` a stored time."""
    return {
        "store_id": id_of("store", shop.store_name, " "),
        "store_name": shop.store_name,
        "rls_user_id": rls_user_id,
        "is_online": False,
        "location": {
            "address": shop.address,
            "city": shop.town,
            "state": "",
            "zip": "",
            "country": shop.country,
        },
        "tax_percent": float(shop.tax_percent),
        "time_zone": shop.time_zone,
        "deleted": False,
        "created_at": at,
        "updated_at": at,
    }
