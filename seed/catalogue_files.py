"""The catalogue, read from the files in `seed/catalogue/` and checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from connector_config.errors import DataFileError
from connector_config.schema.documents import MONTHS
from connector_config.yaml_reading import NotYamlError, read_yaml

GROSS_MARGIN_PERCENT: Final = Decimal("33.00")
# What this project gives to a new product; others have theirs, such as HTHM001600.
SKU_FORM: Final = re.compile(r"[A-Z]{3}-[A-Z0-9]+-\d{3}")
ANY_SKU: Final = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")

# Where a folder of data files has its catalogue.
CATALOGUE_FOLDER: Final = "catalogue"

_CENT: Final = Decimal("0.01")
_DEAREST: Final = 1_000_000
_HIGHEST_SEASON: Final = 1_000
_CATEGORY_ID: Final = re.compile(r"cat_[a-z0-9_]+")
_TYPE_ID: Final = re.compile(r"type_[a-z0-9_]+")

Specification = str | int | float | bool


@dataclass(frozen=True, slots=True)
class CatalogueProduct:
    """One product; `cost` and `price` in US dollars.

    `winter` marks goods against snow and ice; `usual_stock` is what an average store keeps, None
    when that follows from how well the product sells.
    """

    product_id: str
    sku: str
    name: str
    category_id: str
    type_id: str
    cost: Decimal
    price: Decimal
    description: str
    specifications: Mapping[str, Specification]
    winter: bool = False
    image_url: str = ""
    usual_stock: int | None = None


@dataclass(frozen=True, slots=True)
class CatalogueType:
    """A kind of product; `case_units` are in a case of it, None where it is not sold in cases."""

    type_id: str
    name: str
    case_units: int | None = None


@dataclass(frozen=True, slots=True)
class CatalogueCategory:
    """A category with its demand by month (1.0 is average, January first) and its aisles."""

    category_id: str
    name: str
    seasonal_multipliers: tuple[float, ...]
    aisles: tuple[str, ...]
    types: tuple[CatalogueType, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All categories and all products; those of a category, and of a type, are neighbours."""

    categories: tuple[CatalogueCategory, ...]
    products: tuple[CatalogueProduct, ...]


def price_of(cost: Decimal) -> Decimal:
    """The retail price, `cost / 0.67` rounded half up to cents."""
    return (cost / (1 - GROSS_MARGIN_PERCENT / 100)).quantize(_CENT, ROUND_HALF_UP)


def product_id_of(sku: str) -> str:
    """The id of a product, such as `prod_hnd_hammer_001`."""
    return "prod_" + sku.lower().replace("-", "_")


def load_catalogue(directory: Path | None = None) -> Catalogue:
    """Read all `*.yaml` of a folder, by default the catalogue that comes with the package.

    Where the folder has a folder `catalogue`, as `zava-seed transform` writes it, that is read.
    Raises DataFileError (a ValueError) naming the file, and the product where there is one.
    """
    if directory is None:
        return _own_catalogue()
    if directory.joinpath(CATALOGUE_FOLDER).is_dir():
        directory = directory / CATALOGUE_FOLDER
    return _load(directory.iterdir() if directory.is_dir() else (), str(directory))


@cache
def _own_catalogue() -> Catalogue:
    folder = resources.files("seed").joinpath("catalogue")
    return _load(folder.iterdir(), str(folder))


def _load(entries: Iterable[Traversable], folder: str) -> Catalogue:
    categories: list[CatalogueCategory] = []
    products: list[CatalogueProduct] = []
    seen: dict[str, str] = {}
    files = sorted((e for e in entries if e.name.endswith(".yaml")), key=lambda e: e.name)
    parsed = [_File(file, seen) for file in files]
    if not parsed:
        raise DataFileError(f"{folder}: there are no catalogue files (*.yaml) here")
    # In the order of the aisles, which is the order in which a person knows the store.
    for file in sorted(parsed, key=lambda f: (len(f.category.aisles[0]), f.category.aisles[0])):
        categories.append(file.category)
        products.extend(file.products)
    return Catalogue(tuple(categories), tuple(products))


class _File:
    """One category file; `seen` maps every id and aisle so far to its file, to find the doubles."""

    def __init__(self, file: Traversable, seen: dict[str, str]) -> None:
        self._name = file.name
        self._seen = seen
        try:
            _, content = read_yaml(file.read_text(encoding="utf-8"))
        except NotYamlError as error:
            raise DataFileError(
                f"{self._name}: line {error.line}: not valid YAML: {error.problem}"
            ) from None
        except (OSError, UnicodeDecodeError):
            raise DataFileError(f"{self._name}: not valid YAML: not a text in UTF-8") from None
        top = self._mapping(content, "the file")
        self.products: list[CatalogueProduct] = []
        types: list[CatalogueType] = []
        category_id = self._id(top, "category_id", _CATEGORY_ID, "the file")
        for entry in self._list(top, "types", category_id):
            kind = self._mapping(entry, "a type")
            type_id = self._id(kind, "type_id", _TYPE_ID, category_id)
            name = self._text(kind, "type_name", type_id)
            case_units = self._whole(kind, "case_units", type_id, least=2)
            types.append(CatalogueType(type_id, name, case_units))
            for product in self._list(kind, "products", type_id):
                self.products.append(self._product(product, category_id, type_id))
        self.category = CatalogueCategory(
            category_id=category_id,
            name=self._text(top, "category_name", category_id),
            seasonal_multipliers=tuple(self._months(top)),
            aisles=tuple(self._aisles(top)),
            types=tuple(types),
        )

    def _fail(self, where: str, what: str) -> DataFileError:
        return DataFileError(f"{self._name}: {where}: {what}")

    def _product(self, entry: object, category_id: str, type_id: str) -> CatalogueProduct:
        fields = self._mapping(entry, f"a product of {type_id}")
        sku = self._id(fields, "sku", ANY_SKU, f"a product of {type_id}")
        cost = self._cost(fields, sku)
        return CatalogueProduct(
            product_id=product_id_of(sku),
            sku=sku,
            name=self._text(fields, "name", sku),
            category_id=category_id,
            type_id=type_id,
            cost=cost,
            price=price_of(cost),
            description=self._text(fields, "description", sku),
            specifications=self._specifications(fields, sku),
            winter=self._yes_no(fields, "winter", sku),
            image_url=self._text(fields, "image", sku)
            if "image" in fields
            else f"/images/{product_id_of(sku)}.jpg",
            usual_stock=self._whole(fields, "usual_stock", sku, least=0),
        )

    def _cost(self, fields: Mapping[str, Any], sku: str) -> Decimal:
        value = fields.get("cost")
        try:
            cost = Decimal(str(value))
        except InvalidOperation:
            raise self._fail(sku, f"cost {value!r} is not a number") from None
        if isinstance(value, bool) or not cost.is_finite() or cost <= 0:
            raise self._fail(sku, f"cost {value!r} is not an amount above zero")
        if cost > _DEAREST:
            raise self._fail(sku, f"cost {value!r} is above {_DEAREST:,}")
        if cost != cost.quantize(_CENT):
            raise self._fail(sku, f"cost {value!r} has more than two decimals")
        return cost.quantize(_CENT)

    def _specifications(self, fields: Mapping[str, Any], sku: str) -> dict[str, Specification]:
        entries = self._mapping(fields.get("specifications"), f"{sku}: specifications")
        for key, value in entries.items():
            if not isinstance(key, str) or not isinstance(value, (str, int, float, bool)):
                # An array or a nested map would not merge field by field between devices.
                raise self._fail(sku, f"specification {key!r} is not a text, number or yes/no")
        return dict(entries)

    def _months(self, top: Mapping[str, Any]) -> Iterator[float]:
        months = self._mapping(top.get("seasonal_multipliers"), "seasonal_multipliers")
        if set(months) != set(MONTHS):
            raise self._fail("seasonal_multipliers", "the keys must be jan to dec, each once")
        for month in MONTHS:
            value = months[month]
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not number or not 0 < value <= _HIGHEST_SEASON:
                raise self._fail(
                    "seasonal_multipliers", f"{month} is not a number above zero, or too high"
                )
            yield float(value)

    def _aisles(self, top: Mapping[str, Any]) -> Iterator[str]:
        for aisle in self._list(top, "aisles", "the file"):
            if not isinstance(aisle, str) or not aisle:
                raise self._fail("aisles", f"{aisle!r} is not a text: put it in quotes")
            self._once(f"aisle {aisle}", "aisles")
            yield aisle

    def _id(self, entry: Mapping[str, Any], key: str, form: re.Pattern[str], where: str) -> str:
        value = self._text(entry, key, where)
        if not form.fullmatch(value):
            raise self._fail(where, f"{key} {value!r} does not have the form {form.pattern}")
        self._once(value, where)
        return value

    def _once(self, value: str, where: str) -> None:
        if value in self._seen:
            raise self._fail(where, f"{value} is in {self._seen[value]} already")
        self._seen[value] = self._name

    def _text(self, entry: Mapping[str, Any], key: str, where: str) -> str:
        value = entry.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._fail(where, f"{key} is missing or not a text")
        return value.strip()

    def _whole(self, entry: Mapping[str, Any], key: str, where: str, least: int) -> int | None:
        value = entry.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise self._fail(where, f"{key} {value!r} is not a whole number")
        if value is not None and value < least:
            raise self._fail(where, f"{key} {value!r} is below {least or 'zero'}")
        return value

    def _yes_no(self, entry: Mapping[str, Any], key: str, where: str) -> bool:
        value = entry.get(key, False)
        if not isinstance(value, bool):
            raise self._fail(where, f"{key} {value!r} is not true or false")
        return value

    def _list(self, entry: Mapping[str, Any], key: str, where: str) -> list[Any]:
        value = entry.get(key)
        if not isinstance(value, list) or not value:
            raise self._fail(where, f"{key} is missing or not a list with entries")
        return value

    def _mapping(self, value: object, where: str) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise self._fail(where, "is not a map of names to values")
        return value
