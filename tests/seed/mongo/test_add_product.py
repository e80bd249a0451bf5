"""`zava-seed add-product` against a real MongoDB."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from connector_config.mongodb.mapping import mongo_id
from connector_config.schema.code_documents import ProductCode
from connector_config.schema.documents import Product, ProductEmbedding
from connector_config.schema.stock_documents import Inventory
from seed.cli import main
from seed.data_set import data_set
from seed.embeddings import text_hash
from seed.gtins import own_choices, own_gtins
from seed.mongo import products as products_module
from seed.mongo.products import NewProduct, checked_cost, checked_name, checked_price
from seed.mongo.target import batches
from seed.options import Options
from tests.helpers.mongodb import ReplicaSet, left_as_found, let_commands_use
from tests.seed.mongo.fake_azure import DEPLOYMENT, KEY, fake_azure
from tests.seed.mongo.small_set import Documents

DAY = date(2026, 11, 21)
FLAGS = {
    "sku": "HND-HAMMER-900",
    "name": "12 oz Tack Hammer",
    "category": "cat_hand_tools",
    "type": "type_hammers",
    "cost": "9.40",
    "description": "For upholstery and picture nails.",
}

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _no_azure(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENDPOINT", "API_KEY", "EMBEDDING_DEPLOYMENT", "API_VERSION"):
        monkeypatch.delenv(f"AZURE_OPENAI_{name}", raising=False)


@pytest.fixture(scope="module")
def content() -> Mapping[str, Documents]:
    """The stores and categories, and of the products only the hand tools."""
    return {
        part.collection: [
            document
            for batch in batches(
                part.collection,
                (
                    one
                    for one in part.documents
                    if str(one.get("product_id", "prod_hnd_"))[:9] == "prod_hnd_"
                ),
            )
            for document in batch.documents
        ]
        for part in data_set(Options(end=DAY, customers=1, orders=0))
        if part.collection not in ("customers", "orders", "order_items")
    }


@pytest.fixture(scope="module")
def shop(
    new_database: Callable[[], MongoSettings], content: Mapping[str, Documents]
) -> MongoSettings:
    """Those of a database with that in it."""
    settings = new_database()
    with open_database(settings) as database:
        for name, documents in content.items():
            database[name].insert_many([dict(one) for one in documents])
    return settings


@pytest.fixture
def filled(
    shop: MongoSettings,
    content: Mapping[str, Documents],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[MongoDatabase]:
    """That database, opened, and in the environment too; what a test changes is put back."""
    let_commands_use(shop, monkeypatch, tmp_path)
    with open_database(shop) as database, left_as_found(database, content):
        yield database


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    def go(*more: str, **flags: str | None) -> tuple[int, str, str]:
        given = {**FLAGS, **flags}
        words = [f"--{key}={value}" for key, value in given.items() if value is not None]
        code = main(["add-product", *words, *more], DAY)
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return go


def counts(database: MongoDatabase) -> list[int]:
    return [
        database[name].count_documents({})
        for name in ("products", "product_codes", "product_embeddings", "inventory")
    ]


def test_a_product_comes_with_vectors_and_inventory(filled: MongoDatabase, run: Run) -> None:
    code, out, err = run(
        "--specification", "head_weight_oz=12", "--specification", "magnetic=true",
        "--specification", "handle=Hickory wood", "--stock", "20", "--reorder", "6",
    )  # fmt: skip
    assert (code, err) == (0, "")
    [of_it] = filled.product_codes.find({"product_id": "prod_hnd_hammer_900"})
    assert of_it["code"] == own_gtins(["HND-HAMMER-900"])["HND-HAMMER-900"]
    assert set(of_it) == {"_id", *ProductCode.__required_keys__}
    assert (of_it["_id"], of_it["kind"], of_it["units"]) == (of_it["code_id"], "ean", 1)
    said = f"price 14.03, code {of_it['code']}, 20 at each of 8 stores, vectors of local:wordllama"
    assert said in out
    product = filled.products.find_one({"sku": "HND-HAMMER-900"})
    assert product is not None
    assert set(product) == {"_id", *Product.__required_keys__}
    assert product["_id"] == product["product_id"] == "prod_hnd_hammer_900"
    assert (product["cost"], product["base_price"]) == (9.4, 14.03)
    assert product["specifications"] == {
        "head_weight_oz": 12,
        "magnetic": True,
        "handle": "Hickory wood",
    }
    vector = filled.product_embeddings.find_one({"_id": product["_id"]})
    assert vector is not None
    optional = {"image_url", "image_made_of"}
    assert set(vector) == {"_id", *optional, *ProductEmbedding.__required_keys__}
    assert vector["text_hash"] == text_hash(product)  # type: ignore[arg-type]
    assert (len(vector["image_embedding"]), len(vector["description_embedding"])) == (512, 1536)
    entries = list(filled.inventory.find({"product_id": product["_id"]}))
    assert {e["store_id"] for e in entries} == set(filled.stores.distinct("store_id"))
    for entry in entries:
        assert set(entry) == {"_id", *Inventory.__required_keys__}
        assert entry["_id"] == entry["inventory_id"] == str(uuid.UUID(entry["_id"]))
        assert (entry["stock_level"], entry["reorder_threshold"]) == (20, 6)


def test_a_product_has_the_code_that_is_given(filled: MongoDatabase, run: Run) -> None:
    assert run(code="036000291452")[0] == 0
    [code] = filled.product_codes.find({"product_id": "prod_hnd_hammer_900"})
    assert (code["code"], code["kind"]) == ("036000291452", "upc")
    # In whatever form, it is known.
    before = counts(filled)
    _, _, err = run(sku="HND-HAMMER-901", name="Another", code="0036000291452")
    assert "The code 0036000291452 belongs to '12 oz Tack Hammer' already" in err
    assert counts(filled) == before


def test_a_code_of_our_own_is_nobody_elses(filled: MongoDatabase, run: Run) -> None:
    first, second = islice(own_choices("HND-HAMMER-900"), 2)
    filled.product_codes.update_one({}, {"$set": {"code": first}})
    assert run()[0] == 0
    [code] = filled.product_codes.find({"product_id": "prod_hnd_hammer_900"})
    assert code["code"] == second


def test_it_stands_beside_its_like_in_a_free_bin(filled: MongoDatabase, run: Run) -> None:
    run()
    hammers = filled.products.distinct("_id", {"type_id": "type_hammers"})
    hammers.remove("prod_hnd_hammer_900")
    entries = list(filled.inventory.find({"product_id": "prod_hnd_hammer_900"}))
    assert len(entries) == 8
    for entry in entries:
        place = entry["location"]
        shelf = {
            "store_id": entry["store_id"],
            "location.aisle": place["aisle"],
            "location.shelf": place["shelf"],
        }
        assert filled.inventory.count_documents({**shelf, "product_id": {"$in": hammers}})
        assert filled.inventory.count_documents({**shelf, "location.bin": place["bin"]}) == 1


def test_a_store_with_nothing_like_it_receives_it(filled: MongoDatabase, run: Run) -> None:
    filled.inventory.delete_many({"store_id": "store_seattle"})
    run()
    [entry] = filled.inventory.find({"store_id": "store_seattle"})
    assert entry["location"] == {"aisle": "Receiving", "shelf": "A"}


def test_a_second_time_is_refused_and_changes_nothing(filled: MongoDatabase, run: Run) -> None:
    run()
    before = counts(filled)
    code, out, err = run(name="Another", cost="1.00")
    assert (code, out) == (1, "")
    assert "The SKU HND-HAMMER-900 belongs to '12 oz Tack Hammer' already" in err
    assert counts(filled) == before


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"sku": "HND-HAMMER-001"}, "belongs to '16 oz Curved Claw Hammer' already"),
        ({"sku": "hammer"}, "A SKU looks like HND-HAMMER-001"),
        ({"sku": ""}, "A SKU looks like HND-HAMMER-001"),
        ({"name": " "}, "needs a name of 1 to 120 characters"),
        ({"name": "x" * 121}, "needs a name of 1 to 120 characters"),
        ({"description": " "}, "needs a description"),
        ({"cost": "0"}, "dollars and cents from 0.01 to 1,000,000, such as 12.50, not '0'"),
        ({"cost": "-1"}, "not '-1'"),
        ({"cost": "9.405"}, "not '9.405'"),
        ({"cost": "nan"}, "not 'nan'"),
        ({"cost": "1e30"}, "not '1e30'"),
        ({"cost": "cheap"}, "not 'cheap'"),
        ({"price": "14.00"}, "a product that costs 9.40 is 14.03 (cost / 0.67), not 14.00"),
        ({"category": "cat_toys"}, "There is no category 'cat_toys': choose from cat_electrical"),
        ({"type": "type_drills"}, "There is no type of cat_hand_tools 'type_drills'"),
        ({"specification": "Weight"}, "A specification looks like weight_lbs=3.5"),
        ({"specification": "a.b=1"}, "A specification looks like weight_lbs=3.5"),
        (
            {"code": "4006381333932"},
            "such as 4006381333931, not '4006381333932'",
        ),
        ({"code": ""}, "A code is a GTIN of 8, 12, 13 or 14 digits"),
        ({"stock": "-1"}, "the stock must be a whole number from 0"),
        ({"name": None, "cost": None}, "nobody to ask, so --name --cost must be given"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    filled: MongoDatabase, run: Run, flags: dict[str, str | None], words: str
) -> None:
    before = counts(filled)
    code, out, err = run(**flags)
    assert (code, out) == (1, "")
    assert words in err
    assert err.count("\n") == 1
    assert counts(filled) == before


def test_names_do_as_well_as_ids_and_the_right_price_is_taken(
    filled: MongoDatabase, run: Run
) -> None:
    code, _, err = run(category="hand tools", type="Hammers", price="$14.03")
    assert (code, err) == (0, "")


def test_a_deleted_category_is_none(filled: MongoDatabase, run: Run) -> None:
    filled.categories.update_one({"_id": "cat_hand_tools"}, {"$set": {"deleted": True}})
    assert "There is no category 'cat_hand_tools'" in run()[2]


@pytest.mark.parametrize(
    ("collection", "words"),
    [("categories", "There are no categories"), ("stores", "There are no stores")],
)
def test_an_empty_database_is_one_sentence(
    filled: MongoDatabase, run: Run, collection: str, words: str
) -> None:
    filled[collection].delete_many({})
    before = counts(filled)
    assert words in run()[2]
    assert counts(filled) == before


def test_all_or_nothing(filled: MongoDatabase, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure at the last of the collections takes the others back."""
    before = counts(filled)
    real = mongo_id

    def fail(collection: str, document: Any) -> Any:
        if collection == "inventory":
            raise UserError("The power failed.")
        return real(collection, document)

    monkeypatch.setattr(products_module, "mongo_id", fail)
    assert "The power failed." in run()[2]
    assert counts(filled) == before


def test_somebody_was_quicker(
    filled: MongoDatabase, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(products_module, "checked_sku", lambda database, sku, session=None: sku)
    before = counts(filled)
    assert "was added by somebody else meanwhile" in run(sku="HND-HAMMER-001")[2]
    assert counts(filled) == before


def test_a_standalone_server_is_one_sentence(
    filled: MongoDatabase, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OperationFailure("Transaction numbers are only allowed on a replica set", 20)

    monkeypatch.setattr(products_module, "_inventory", refuse)
    assert "is a standalone server without transactions" in run()[2]


def test_a_reader_may_not(
    filled: MongoDatabase,
    replica_set: ReplicaSet,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MONGODB_CONNECTION_STRING", replica_set.read_only_uri)
    before = counts(filled)
    code, _, err = run()
    assert code == 1
    assert "may not do that" in err
    assert counts(filled) == before


def test_vectors_of_azure(filled: MongoDatabase, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_azure() as fake:
        monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", fake.endpoint)
        monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
        monkeypatch.setenv("AZURE_OPENAI_EMBEDDING_DEPLOYMENT", DEPLOYMENT)
        assert "vectors of azure:vectors." in run()[1]
        assert "vectors of local:wordllama-256." in run("--local", sku="HND-HAMMER-901")[1]
        monkeypatch.setenv("AZURE_OPENAI_API_KEY", "wrong")
        before = counts(filled)
        assert "refuses the key" in run(sku="HND-HAMMER-902")[2]
        assert counts(filled) == before


class Person(io.StringIO):
    """Somebody at a terminal who types these answers."""

    def isatty(self) -> bool:
        return True


def test_a_person_is_asked_until_it_fits(
    filled: MongoDatabase, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [
        "HND-HAMMER-001", "HND-HAMMER-900", "12 oz Tack Hammer", "toys", "Hand Tools",
        "type_drills", "type_hammers", "cheap", "9.40", "For nails.", "many", "20", "", "y",
    ]  # fmt: skip
    monkeypatch.setattr("sys.stdin", Person("\n".join(answers) + "\n"))
    code, out, err = run(**dict.fromkeys(FLAGS))
    assert (code, err) == (0, "")
    for words in (
        "belongs to '16 oz Curved Claw Hammer' already",
        "There is no category 'toys'",
        "There is no type of cat_hand_tools 'type_drills'",
        "not 'cheap'",
        "It must be a whole number from 0 to 1000000, not 'many'.",
        "cat_garden_outdoor  Garden & Outdoor",
        "Add HND-HAMMER-900 for 14.03, which costs 9.40?",
    ):
        assert words in out
    entry = filled.inventory.find_one({"product_id": "prod_hnd_hammer_900"})
    assert entry is not None
    assert (entry["stock_level"], entry["reorder_threshold"]) == (20, 5)


@pytest.mark.parametrize(
    ("answers", "code", "words"),
    [
        ("12 oz Tack Hammer\n0\n5\nn\n", 0, "Nothing was added."),
        ("12 oz Tack Hammer\n", 1, "The answers ended before all was asked"),
    ],
)
def test_a_person_who_thinks_better_of_it(
    filled: MongoDatabase,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    answers: str,
    code: int,
    words: str,
) -> None:
    monkeypatch.setattr("sys.stdin", Person(answers))
    before = counts(filled)
    found, out, err = run(name=None)
    assert found == code
    assert words in out + err
    assert counts(filled) == before


def test_the_rules_by_themselves() -> None:
    assert str(checked_cost(" $12.5 ")) == "12.50"
    assert checked_name("  A   hammer ") == "A hammer"
    assert str(checked_price("14.03", checked_cost("9.40"))) == "14.03"
    assert NewProduct("S", "n", "c", "t", checked_cost("1"), "d").specifications == {}
