"""How well each product sells, and which store carries which products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from seed.catalogue_files import Catalogue
from seed.generators.streams import stream
from seed.store_files import StorePlan

# The product of the examples in the documentation: every store has plenty of it.
STAPLE_SKU: Final = "HND-HAMMER-001"


def popularity(seed: int, catalogue: Catalogue) -> list[float]:
    """Relative demand for each product of the catalogue, in its order; cheap things sell more."""
    draws = stream(seed, "popularity")
    return [
        # The cube makes a few fast movers and many slow ones.
        (0.3 + 2.7 * draws.random() ** 3) / (float(product.price) + 3.0) ** 0.45
        for product in catalogue.products
    ]


def assortments(
    seed: int, stores: Sequence[StorePlan], catalogue: Catalogue, demand: Sequence[float]
) -> list[list[int]]:
    """For each store the positions of the products it carries, in the order of the catalogue."""
    draws = stream(seed, "assortments")
    carried: list[list[int]] = []
    for store in stores:
        # A smaller store leaves out mostly what sells badly, and each one something else.
        ranking = [
            (
                product.sku == STAPLE_SKU,
                demand[position] * (0.25 + draws.random()),
                position,
            )
            for position, product in enumerate(catalogue.products)
        ]
        ranking.sort(reverse=True)
        carried.append(sorted(position for _, _, position in ranking[: store.products_carried]))
    return carried
