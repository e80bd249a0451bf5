"""Documents of the stores, categories, product types and products: the same for every seed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from connector_config.schema.documents import MONTHS, Category, Product, ProductType, Store
from seed.catalogue_files import GROSS_MARGIN_PERCENT, Catalogue
from seed.generators.streams import NEWEST_FIXED_DAY, timestamp, working_moment
from seed.store_files import StorePlan

# 10.1 %: Washington's 6.5 % and Seattle's 3.6 % of 2018, from the tables of the Washington
# Department of Revenue. Real rates differ by city and quarter; one rate keeps totals easy to check.
TAX_PER_MILLE: Final = 101

LAST_NEW_PRODUCT: Final = date(2023, 6, 30).toordinal()

_FIRST_DAY: Final = date(2016, 2, 1).toordinal()
_REVIEWED: Final = date(2026, 1, 15).toordinal()


def stores(plans: Sequence[StorePlan]) -> Iterator[Store]:
    """One document a store."""
    for plan in plans:
        opened = timestamp(plan.opened.toordinal(), working_moment(0.0))
        store: Store = {
            "store_id": plan.store_id,
            "store_name": plan.name,
            "rls_user_id": plan.rls_user_id,
            "is_online": plan.is_online,
            "location": plan.location.copy(),
            "tax_percent": TAX_PER_MILLE / 10,
            "created_at": opened,
            "updated_at": opened,
            "deleted": False,
        }
        if plan.time_zone:
            store["time_zone"] = plan.time_zone
        yield store


def categories(catalogue: Catalogue, newest: int = NEWEST_FIXED_DAY) -> Iterator[Category]:
    """One document a category, edited not later than the day `newest` (an ordinal)."""
    created = timestamp(_FIRST_DAY, working_moment(0))
    updated = timestamp(min(_REVIEWED, newest), 0)
    for category in catalogue.categories:
        yield {
            "category_id": category.category_id,
            "category_name": category.name,
            "seasonal_multipliers": dict(zip(MONTHS, category.seasonal_multipliers, strict=True)),
            "created_at": created,
            "updated_at": updated,
            "deleted": False,
        }


def product_types(catalogue: Catalogue) -> Iterator[ProductType]:
    """One document a product type."""
    created = timestamp(_FIRST_DAY, working_moment(0))
    for category in catalogue.categories:
        for kind in category.types:
            yield {
                "type_id": kind.type_id,
                "type_name": kind.name,
                "category_id": category.category_id,
                "created_at": created,
                "updated_at": created,
                "deleted": False,
            }


def introduced_on(sku: str) -> int:
    """The day (an ordinal) on which a product came into the catalogue."""
    return _FIRST_DAY + zlib.crc32(sku.encode()) % (LAST_NEW_PRODUCT - _FIRST_DAY)


def products(catalogue: Catalogue) -> Iterator[Product]:
    """One document a product, not changed since: order lines repeat its name."""
    for product in catalogue.products:
        at = timestamp(introduced_on(product.sku), working_moment(0.25))
        yield {
            "product_id": product.product_id,
            "sku": product.sku,
            "product_name": product.name,
            "category_id": product.category_id,
            "type_id": product.type_id,
            "cost": float(product.cost),
            "base_price": float(product.price),
            "gross_margin_percent": float(GROSS_MARGIN_PERCENT),
            "product_description": product.description,
            "image_url": product.image_url,
            "specifications": dict(product.specifications),
            "created_at": at,
            "updated_at": at,
            "deleted": False,
        }
