"""The original `reference_data.json`: the stores and the growth by year."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from connector_config.schema.time_zones import USUAL
from seed.store_files import StorePlan, load_stores
from seed.transform.json_file import Node
from seed.transform.product_data import slug

TOP: Final = ("stores", "year_weights")

_STORE: Final = (
    "rls_user_id", "customer_distribution_weight", "order_frequency_multiplier",
    "order_value_multiplier",
)  # fmt: skip
_COMPANY: Final = re.compile(r"^Zava\s+(Retail|Pop-Up)?\s*", re.IGNORECASE)
_AREA_CODES: Final = ["206", "425", "253", "360", "509", "564"]
_OPENED: Final = date(2019, 10, 1)
_SHARE_CARRIED: Final = 0.92


@dataclass(frozen=True, slots=True)
class ReferenceData:
    """`stores.yaml` as it is written, how many stores, and what to tell a person."""

    content: dict[str, Any]
    stores: int
    notes: list[str]


def reference_data(root: Node, products: int) -> ReferenceData:
    """Read the whole file; raises DataFileError with file and path for what does not fit.

    The original knows no addresses: those of a store of this project are taken where its city
    stands in the name, and placeholders elsewhere. `products` is the size of the catalogue.
    """
    root.mapping(TOP)
    own = list(load_stores())
    notes: list[str] = []
    places: dict[str, dict[str, str]] = {"id": {}, "rls_user_id": {}}
    stores: list[dict[str, Any]] = []
    for name, node in root.at("stores").entries():
        node.mapping(_STORE)
        title = " ".join(name.split())
        is_online = "online" in title.casefold()
        like = _taken_out(title, is_online, own)
        if like is None:
            notes.append(
                f"{node.path}: the file knows no address, and this project none for that name: "
                "correct location, opened and area_codes in stores.yaml."
            )
        store = _store(title, node, is_online, like, products)
        _once(places["id"], store["store_id"], node)
        _once(places["rls_user_id"], store["rls_user_id"], node.at("rls_user_id"))
        stores.append(store)
    if not stores:
        raise root.at("stores").fail("there are no stores in it")
    content: dict[str, Any] = {"stores": stores}
    if root.has("year_weights"):
        content["year_weights"] = _years(root.at("year_weights"))
        notes.append(
            "year_weights are kept in stores.yaml, but the generators grow steadily from 1.0 in "
            "2020 to 1.531 in 2026 whatever they say."
        )
    return ReferenceData(content, len(stores), notes)


def _store(
    title: str, node: Node, is_online: bool, like: StorePlan | None, products: int
) -> dict[str, Any]:
    short = _COMPANY.sub("", title) or title
    location: dict[str, Any] = {
        "address": "Unknown",
        "city": short,
        "state": "WA",
        "zip": "98000",
    }
    share = 1.0 if is_online else _SHARE_CARRIED
    return {
        "store_id": like.store_id if like else "store_" + slug(short, node),
        "store_name": title,
        "rls_user_id": _uuid(node.at("rls_user_id")),
        "is_online": is_online,
        "time_zone": like.time_zone if like else USUAL,
        "opened": like.opened if like else _OPENED,
        "location": dict(like.location) if like else location,
        "customer_weight": _plain(node.at("customer_distribution_weight")),
        "order_multiplier": _plain(node.at("order_frequency_multiplier")),
        "value_multiplier": _plain(node.at("order_value_multiplier")),
        "products_carried": max(1, round(products * share)),
        "cold_winters": like.cold_winters if like else False,
        "area_codes": list(like.area_codes) if like else _AREA_CODES.copy(),
    }


def _taken_out(title: str, is_online: bool, own: list[StorePlan]) -> StorePlan | None:
    """This project's store of that kind and city, which no other store can be then."""
    for plan in own:
        if plan.is_online == is_online and (
            is_online or plan.location["city"].casefold() in title.casefold()
        ):
            own.remove(plan)
            return plan
    return None


def _once(places: dict[str, str], value: str, node: Node) -> None:
    if value in places:
        raise node.fail(f"{value} is at {places[value]} already")
    places[value] = node.path


def _uuid(node: Node) -> str:
    text = node.text()
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise node.fail(f"must be a UUID, not {text[:60]!r}") from None


def _plain(node: Node) -> float | int:
    number = node.number(above=0)
    return int(number) if number == number.to_integral_value() else float(number)


def _years(node: Node) -> dict[str, float]:
    weights: dict[str, float] = {}
    for year, weight in node.entries():
        if not re.fullmatch(r"\d{4}", year):
            raise weight.fail(f"{year!r} is not a year")
        weights[year] = float(weight.number(above=0))
    return weights
