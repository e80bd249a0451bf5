"""The catalogue files: what is in them, and what is said of wrong ones."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from connector_config.errors import DataFileError
from seed.catalogue_files import Catalogue, load_catalogue, price_of

GOOD = """\
category_id: cat_hand_tools
category_name: Hand Tools
seasonal_multipliers: {jan: 0.8, feb: 1, mar: 1, apr: 1, may: 1, jun: 1, jul: 1, aug: 1, sep: 1,
  oct: 1, nov: 1, dec: 1.1}
aisles: ["1", "2"]
types:
  - type_id: type_hammers
    type_name: Hammers
    products:
      - sku: HND-HAMMER-001
        name: 16 oz Curved Claw Hammer
        cost: 12.05
        description: For nails.
        specifications: {head_weight_oz: 16, handle: Hickory, magnetic: true}
"""


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        tmp_path.joinpath(f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_file_is_read(tmp_path: Path) -> None:
    catalogue = load_catalogue(folder(tmp_path, hand_tools=GOOD))
    [category], [product] = catalogue.categories, catalogue.products
    assert category.seasonal_multipliers[0] == 0.8
    assert category.aisles == ("1", "2")
    assert product.product_id == "prod_hnd_hammer_001"
    assert (product.cost, product.price) == (Decimal("12.05"), Decimal("17.99"))
    assert product.specifications == {"head_weight_oz": 16, "handle": "Hickory", "magnetic": True}


@pytest.mark.parametrize(
    ("cost", "price"),
    [
        ("100.00", "149.25"),
        ("0.67", "1.00"),
        ("1.01", "1.51"),
        ("12.05", "17.99"),
        ("0.01", "0.01"),
    ],
)
def test_the_price_follows_from_the_cost(cost: str, price: str) -> None:
    assert price_of(Decimal(cost)) == Decimal(price)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("sku: HND-HAMMER-001", "sku: hammer", "sku 'hammer' does not have the form"),
        ("cost: 12.05", "cost: 12.055", "HND-HAMMER-001: cost 12.055 has more than two decimals"),
        ("cost: 12.05", "cost: cheap", "HND-HAMMER-001: cost 'cheap' is not a number"),
        ("cost: 12.05", "cost: -1", "HND-HAMMER-001: cost -1 is not an amount above zero"),
        ("cost: 12.05", "cost: .nan", "HND-HAMMER-001: cost nan is not an amount above zero"),
        ("        cost: 12.05\n", "", "HND-HAMMER-001: cost None is not a number"),
        ("name: 16 oz Curved Claw Hammer", "name: ''", "HND-HAMMER-001: name is missing"),
        ("head_weight_oz: 16", "sizes: [1, 2]", "specification 'sizes' is not a text, number"),
        ("head_weight_oz: 16", "size: {w: 1}", "specification 'size' is not a text, number"),
        ("oct: 1, ", "", "seasonal_multipliers: the keys must be jan to dec"),
        ("jan: 0.8", "jan: 0", "jan is not a number above zero"),
        ('["1", "2"]', "[1, 2]", "1 is not a text: put it in quotes"),
        ('["1", "2"]', '["1", "1"]', "aisle 1 is in .* already"),
        ('["1", "2"]', "[]", "aisles is missing or not a list"),
        ("type_id: type_hammers", "type_id: hammers", "type_id 'hammers' does not have the form"),
        ("types:", "kinds:", "types is missing or not a list"),
        ("category_id:", "category_id: [", "not valid YAML"),
    ],
)
def test_a_wrong_file_is_named_with_the_entry(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    assert old in GOOD
    with pytest.raises(DataFileError, match=f"(?s)^hand_tools.yaml: .*{words}"):
        load_catalogue(folder(tmp_path, hand_tools=GOOD.replace(old, new)))


def test_the_same_sku_in_two_files(tmp_path: Path) -> None:
    other = GOOD.replace("hand_tools", "more").replace("type_hammers", "type_more")
    other = other.replace('"1", "2"', '"3"')
    with pytest.raises(ValueError, match=r"more.yaml: .*HND-HAMMER-001 is in hand_tools.yaml"):
        load_catalogue(folder(tmp_path, hand_tools=GOOD, more=other))


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="there are no catalogue files"):
        load_catalogue(tmp_path)
    with pytest.raises(DataFileError, match="there are no catalogue files"):
        load_catalogue(tmp_path / "missing")


def test_the_own_catalogue(catalogue: Catalogue) -> None:
    assert len(catalogue.categories) == 9
    assert 28 <= sum(len(category.types) for category in catalogue.categories) <= 34
    assert len(catalogue.products) == 424
    assert "HND-HAMMER-001" in {product.sku for product in catalogue.products}
    # The specifications of a product fit the type only when there are some.
    assert all(len(product.specifications) >= 2 for product in catalogue.products)


def test_categories_come_in_walking_order_and_products_stay_together(catalogue: Catalogue) -> None:
    aisles = [int(aisle) for category in catalogue.categories for aisle in category.aisles]
    assert aisles == sorted(aisles)
    for key in ("category_id", "type_id"):
        runs = [getattr(product, key) for product in catalogue.products]
        changes = sum(one != two for one, two in pairwise(runs))
        assert changes + 1 == len(set(runs))
