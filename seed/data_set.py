"""The whole data set, collection by collection, for whichever target takes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from connector_config.errors import DataFileError
from connector_config.schema import collections as names
from seed.catalogue_files import CATALOGUE_FOLDER, Catalogue, load_catalogue
from seed.embeddings import local_embeddings
from seed.generators import catalogue as catalogue_documents
from seed.generators.calendar import days
from seed.generators.codes import code_count, product_codes
from seed.generators.customers import customers, people
from seed.generators.demand import assortments, popularity
from seed.generators.inventory import inventory
from seed.generators.orders import order_items, orders
from seed.generators.sales import Sales
from seed.options import Options
from seed.store_files import STORES_FILE, StorePlan, load_stores

# The collections of the data set in the order in which one refers to another.
DATA_SET: Final = (
    names.STORES,
    names.CATEGORIES,
    names.PRODUCT_TYPES,
    names.PRODUCTS,
    names.PRODUCT_CODES,
    names.CUSTOMERS,
    names.INVENTORY,
    names.ORDERS,
    names.ORDER_ITEMS,
)

# What MongoDB holds of it: the vectors of the products never leave MongoDB.
MONGO_DATA_SET: Final = (
    *DATA_SET[: DATA_SET.index(names.PRODUCTS) + 1],
    names.PRODUCT_EMBEDDINGS,
    *DATA_SET[DATA_SET.index(names.PRODUCTS) + 1 :],
)


class Part(NamedTuple):
    """The documents of one collection; `expected` is None where only making them tells how many."""

    collection: str
    expected: int | None
    documents: Iterator[Mapping[str, object]]


def data_set(options: Options) -> Iterator[Part]:
    """The parts in the order of `DATA_SET`; each may be consumed whenever and however fast.

    Memory grows with the number of customers and not with the number of orders. Raises
    DataFileError when a data file is wrong.
    """
    goods, plans = data_files(options.catalogue)
    newest = options.newest_day
    kinds = sum(len(category.types) for category in goods.categories)
    yield Part(names.STORES, len(plans), catalogue_documents.stores(plans))
    categories = catalogue_documents.categories(goods, newest)
    yield Part(names.CATEGORIES, len(goods.categories), categories)
    yield Part(names.PRODUCT_TYPES, kinds, catalogue_documents.product_types(goods))
    products = catalogue_documents.products(goods)
    yield Part(names.PRODUCTS, len(goods.products), products)
    yield Part(names.PRODUCT_CODES, code_count(goods), product_codes(goods))
    members = people(options.seed, plans, options.customers, newest)
    yield Part(names.CUSTOMERS, len(members), customers(members, plans))
    demand = popularity(options.seed, goods)
    carried = assortments(options.seed, plans, goods, demand)
    yield Part(
        names.INVENTORY,
        sum(map(len, carried)),
        inventory(options.seed, options.end, plans, goods, demand, carried),
    )
    period = days(options.end, options.start)
    sales = Sales(options.seed, period, plans, goods, demand, carried, members, options.orders)
    yield Part(names.ORDERS, options.orders, orders(sales))
    yield Part(names.ORDER_ITEMS, None, order_items(sales))


def mongo_data_set(options: Options) -> Iterator[Part]:
    """The parts of `MONGO_DATA_SET`: as `data_set`, and the local vectors of the products."""
    goods, _ = data_files(options.catalogue)
    for part in data_set(options):
        yield part
        if part.collection == names.PRODUCTS:
            products = catalogue_documents.products(goods)
            vectors = local_embeddings(products)
            yield Part(names.PRODUCT_EMBEDDINGS, len(goods.products), vectors)


def data_files(folder: Path | None) -> tuple[Catalogue, Sequence[StorePlan]]:
    """Catalogue and stores of a folder, those of the package where it has none."""
    if folder is None:
        return load_catalogue(), load_stores()
    stores = folder / STORES_FILE
    catalogue = folder / CATALOGUE_FOLDER
    if not stores.is_file() and not catalogue.is_dir():
        raise DataFileError(
            f"{folder} holds neither {CATALOGUE_FOLDER}/ nor {STORES_FILE}: name a folder that "
            "zava-seed transform wrote."
        )
    return (
        load_catalogue(folder if catalogue.is_dir() else None),
        load_stores(stores if stores.is_file() else None),
    )
