"""Documents of stores, categories, types and products."""

from __future__ import annotations

import uuid
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from seed.store_files import StorePlan

Demo = dict[str, list[dict[str, Any]]]

MONTHS = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}


def test_the_stores(demo: Demo) -> None:
    assert [store["store_id"].removeprefix("store_") for store in demo["stores"]] == [
        "seattle", "bellevue", "tacoma", "spokane", "everett", "redmond", "kirkland", "online",
    ]  # fmt: skip
    for store in demo["stores"]:
        assert uuid.UUID(store["rls_user_id"]).version == 4
        assert store["is_online"] == (store["store_id"] == "store_online")
        location = store["location"]
        assert location["state"] == "WA"
        assert location["zip"].isdigit() and location["zip"][:2] in {"98", "99"}
        assert 45.5 < location["latitude"] < 49.0
        assert -124.8 < location["longitude"] < -116.9
        assert store["is_online"] or location["city"] in store["store_name"]


def test_the_generator_inputs(plans: tuple[StorePlan, ...]) -> None:
    assert [plan.customer_weight for plan in plans] == [30, 25, 20, 8, 7, 6, 4, 30]
    assert [plan.order_multiplier for plan in plans] == [3.0, 2.6, 2.4, 2.0, 1.8, 1.6, 1.4, 3.0]
    assert [plan.value_multiplier for plan in plans] == [1.3, 1.2, 1.1, 1.0, 0.95, 0.9, 0.85, 1.5]
    assert [plan.products_carried for plan in plans] == [412, 404, 400, 388, 384, 380, 376, 424]


def test_categories_have_twelve_months(demo: Demo) -> None:
    for category in demo["categories"]:
        assert set(category["seasonal_multipliers"]) == MONTHS
        assert all(0 < value < 3 for value in category["seasonal_multipliers"].values())


def test_prices_follow_the_rule(demo: Demo) -> None:
    for product in demo["products"]:
        price = Decimal(str(product["cost"])) / Decimal("0.67")
        assert Decimal(str(product["base_price"])) == price.quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert product["gross_margin_percent"] == 33.0


def test_product_ids_follow_from_the_sku(demo: Demo) -> None:
    for product in demo["products"]:
        assert product["product_id"] == "prod_" + product["sku"].lower().replace("-", "_")
        assert product["image_url"] == f"/images/{product['product_id']}.jpg"
