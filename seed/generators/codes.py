"""Documents of the codes of products: the same for every seed."""

from __future__ import annotations

from collections.abc import Iterator

from connector_config.schema.code_documents import ProductCode, code_id
from seed.catalogue_files import Catalogue
from seed.generators.catalogue import introduced_on
from seed.generators.streams import timestamp, working_moment
from seed.gtins import case_gtin, kind_of, own_gtins


def product_codes(catalogue: Catalogue) -> Iterator[ProductCode]:
    """A GTIN-13 for each product, and a GTIN-14 of the case for what is sold in cases too."""
    gtins = own_gtins(product.sku for product in catalogue.products)
    in_case = {
        kind.type_id: kind.case_units
        for category in catalogue.categories
        for kind in category.types
    }
    for product in catalogue.products:
        at = timestamp(introduced_on(product.sku), working_moment(0.25))
        gtin = gtins[product.sku]
        yield new_code(gtin, product.product_id, 1, at)
        units = in_case[product.type_id]
        if units is not None:
            yield new_code(case_gtin(gtin), product.product_id, units, at)


def code_count(catalogue: Catalogue) -> int:
    """How many codes the products have."""
    return sum(1 for _ in product_codes(catalogue))


def new_code(gtin: str, product_id: str, units: int, at: str) -> ProductCode:
    """The document of a GTIN that the back office gives to a product; `at` is a stored time."""
    kind = kind_of(gtin)
    if kind is None:
        raise ValueError(f"{gtin!r} is no GTIN.")
    return {
        "code_id": code_id(gtin.zfill(14), product_id),
        "code": gtin,
        "product_id": product_id,
        "kind": kind,
        "units": units,
        "taught_by": "",
        "device_id": "",
        "taught_at": at,
        "created_at": at,
        "updated_at": at,
        "deleted": False,
    }
