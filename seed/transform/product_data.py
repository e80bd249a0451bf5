"""The original `product_data.json`: categories, types, products and their vectors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from connector_config.schema.documents import MONTHS
from seed.catalogue_files import ANY_SKU, load_catalogue
from seed.embeddings import DESCRIPTION_DIMENSIONS, IMAGE_DIMENSIONS
from seed.transform.json_file import Node

TOP: Final = "main_categories"

_SEASON: Final = "washington_seasonal_multipliers"
_PRODUCT: Final = (
    "name", "sku", "price", "description", "stock_level", "image_path", "image_embedding",
    "description_embedding",
)  # fmt: skip
_AISLES_EACH: Final = 2


@dataclass(frozen=True, slots=True)
class OriginalVectors:
    """The vectors of a product, 512 and 1,536 numbers."""

    image: list[float]
    description: list[float]


@dataclass(frozen=True, slots=True)
class ProductData:
    """Catalogue files by name (as they are written), vectors by SKU, and what to tell a person."""

    files: Mapping[str, dict[str, Any]]
    vectors: Mapping[str, OriginalVectors]
    products: int
    notes: list[str]


@dataclass(slots=True)
class _Seen:
    """What may be there only once, with the path where it was first."""

    skus: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def once(self, what: str, value: str, node: Node, places: dict[str, str]) -> str:
        if value in places:
            raise node.fail(f"the {what} {value} is at {places[value]} already")
        places[value] = node.path
        return value


def product_data(root: Node) -> ProductData:
    """Read the whole file; raises DataFileError with file and path for what does not fit.

    `price` is what the product costs, as in the original; the price to customers follows from it.
    """
    root.mapping((TOP,))
    seen, notes = _Seen(), list[str]()
    files: dict[str, dict[str, Any]] = {}
    vectors: dict[str, OriginalVectors] = {}
    aisles = _Aisles()
    for name, node in root.at(TOP).entries():
        title = _title(name, node)
        category_id = aisles.own(title) or "cat_" + slug(title, node)
        seen.once("category", category_id, node, seen.ids)
        if not node.mapping().has(_SEASON):
            notes.append(f"{node.path} has no {_SEASON}: every month counts as average.")
        content = {
            "category_id": category_id,
            "category_name": title,
            "seasonal_multipliers": _season(node),
            "aisles": aisles.of(category_id),
            "types": [
                _type(kind, child, category_id, seen, vectors, notes)
                for kind, child in node.entries()
                if kind != _SEASON
            ],
        }
        if not content["types"]:
            raise node.fail("a category needs at least one type with products")
        files[f"{category_id.removeprefix('cat_')}.yaml"] = content
    if not files:
        raise root.at(TOP).fail("there are no categories in it")
    return ProductData(files, vectors, len(seen.skus), notes)


def slug(text: str, node: Node) -> str:
    """Small letters, digits and _ for an id; raises DataFileError when nothing remains."""
    result = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    if not result:
        raise node.fail(f"the name {text!r} has neither letters nor digits")
    return result


class _Aisles:
    """Aisles of categories: those of this project's own catalogue, for others the next numbers."""

    def __init__(self) -> None:
        own = load_catalogue().categories
        self._own = {category.name.casefold(): category.category_id for category in own}
        self._aisles = {category.category_id: list(category.aisles) for category in own}
        self._next = 1 + max(int(aisle) for category in own for aisle in category.aisles)

    def own(self, title: str) -> str | None:
        return self._own.get(title.casefold())

    def of(self, category_id: str) -> list[str]:
        if category_id not in self._aisles:
            numbers = range(self._next, self._next + _AISLES_EACH)
            self._aisles[category_id] = [str(number) for number in numbers]
            self._next += _AISLES_EACH
        return self._aisles[category_id]


def _season(node: Node) -> dict[str, float]:
    if not node.has(_SEASON):
        return dict.fromkeys(MONTHS, 1.0)
    months = node.at(_SEASON)
    elements = months.elements()
    if len(elements) != len(MONTHS):
        raise months.fail(f"must have 12 numbers, January first, not {len(elements)}")
    return {
        month: float(element.number(above=0))
        for month, element in zip(MONTHS, elements, strict=True)
    }


def _type(
    name: str,
    node: Node,
    category_id: str,
    seen: _Seen,
    vectors: dict[str, OriginalVectors],
    notes: list[str],
) -> dict[str, Any]:
    title = _title(name, node)
    type_id = "type_" + slug(title, node)
    category = node.path.removesuffix(name)
    if not seen.ids.get(type_id, category).startswith(category):
        # Two categories may have a type of the same name, such as Accessories.
        type_id += "_" + category_id.removeprefix("cat_")
    seen.once("type", type_id, node, seen.ids)
    products = [_product(element, seen, vectors, notes) for element in node.elements()]
    if not products:
        raise node.fail("a type needs at least one product")
    return {"type_id": type_id, "type_name": title, "products": products}


def _product(
    node: Node, seen: _Seen, vectors: dict[str, OriginalVectors], notes: list[str]
) -> dict[str, Any]:
    node.mapping(_PRODUCT)
    sku = node.at("sku").text()
    if not ANY_SKU.fullmatch(sku):
        raise node.at("sku").fail(f"{sku!r} must be capital letters, digits and single hyphens")
    seen.once("SKU", sku, node, seen.skus)
    name = " ".join(node.at("name").text().split())
    first = seen.names.setdefault(name, node.path)
    if first != node.path:
        notes.append(
            f"{node.path}: the name {name!r} is at {first} already, and zava-seed validate will "
            "say so: give one of them another."
        )
    result: dict[str, Any] = {
        "sku": sku,
        "name": name,
        "cost": _cost(node.at("price")),
        "description": " ".join(node.at("description").text().split()),
        "specifications": {},
    }
    if node.has("image_path"):
        result["image"] = "/" + node.at("image_path").text().lstrip("/")
    if node.has("stock_level"):
        result["usual_stock"] = _stock(node.at("stock_level"))
    _keep_vectors(node, sku, vectors, notes)
    return result


def _keep_vectors(
    node: Node, sku: str, vectors: dict[str, OriginalVectors], notes: list[str]
) -> None:
    image, text = node.has("image_embedding"), node.has("description_embedding")
    if image:
        first = node.at("image_embedding").vector(IMAGE_DIMENSIONS)
    if text:
        second = node.at("description_embedding").vector(DESCRIPTION_DIMENSIONS)
    if image and text:
        vectors[sku] = OriginalVectors(first, second)
    elif image or text:
        notes.append(f"{node.path} has only one of its two vectors, so neither was taken.")


def _cost(node: Node) -> float:
    cost = node.number(above=0)
    if cost != cost.quantize(Decimal("0.01")):
        raise node.fail(f"must have two decimals at most, not {cost}")
    return float(cost)


def _stock(node: Node) -> int:
    stock = node.number()
    if stock < 0 or stock != stock.to_integral_value() or stock > 1_000_000:
        raise node.fail(f"must be a whole number from 0 to 1,000,000, not {stock}")
    return int(stock)


def _title(name: str, node: Node) -> str:
    """A name as people write it: the original has capitals only."""
    words = name.split()
    if not words:
        raise node.fail("the name is empty")
    if name != name.upper():
        return " ".join(words)
    return " ".join(word.capitalize() for word in words)
