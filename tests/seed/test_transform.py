"""`zava-seed transform`: the original project's files into this project's."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector_config.errors import UserError
from connector_config.schema.documents import MONTHS
from seed.catalogue_files import load_catalogue, price_of
from seed.cli import main
from seed.data_set import mongo_data_set
from seed.embeddings import text_hash
from seed.generators.catalogue import products
from seed.generators.codes import product_codes
from seed.options import Options
from seed.store_files import load_stores

DAY = date(2026, 11, 21)
SEASON = [0.8, 0.9, 1.2, 1.5, 1.8, 2.0, 2.1, 1.7, 1.3, 1.1, 0.9, 1.0]


def product(number: int, **more: Any) -> dict[str, Any]:
    return {
        "name": f"Professional Claw Hammer {number}oz",
        "sku": f"HTHM{number:06d}",
        "price": 28.5,
        "description": "High-quality steel claw hammer with\ncomfortable handle: for “framing”.",
        "stock_level": 25,
        "image_path": f"images/hammer_{number}.png",
        **more,
    }


PRODUCT_DATA: dict[str, Any] = {
    "main_categories": {
        "POWER TOOLS": {
            "washington_seasonal_multipliers": SEASON,
            "DRILLS": [product(10, price=100, name="20V Cordless Drill")],
            "ACCESSORIES": [product(11)],
        },
        "HAND TOOLS": {
            "washington_seasonal_multipliers": SEASON[::-1],
            "HAMMERS": [
                product(
                    1,
                    image_embedding=[0.25] * 512,
                    description_embedding=[-0.5, 1, 2.5e-3, *[0.0] * 1533],
                ),
                product(2),
            ],
            "ACCESSORIES": [product(3)],
        },
        "Pool & Spa": {"Covers": [product(20, name="Yes", description="No")]},
    }
}

REFERENCE: dict[str, Any] = {
    "stores": {
        "Zava Retail Seattle": {
            "rls_user_id": "f47ac10b-58cc-4372-a567-0e02b2c3d479",
            "customer_distribution_weight": 30,
            "order_frequency_multiplier": 3.0,
            "order_value_multiplier": 1.3,
        },
        "Zava Pop-Up Pike Place": {
            "rls_user_id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "customer_distribution_weight": 25,
            "order_frequency_multiplier": 2.6,
            "order_value_multiplier": 1.2,
        },
        "Zava Online Store": {
            "rls_user_id": "2f4e6d8c-1a3b-5c7e-9f0a-b2d4f6e8c0a2",
            "customer_distribution_weight": 30,
            "order_frequency_multiplier": 3,
            "order_value_multiplier": 1.5,
        },
    },
    "year_weights": {"2020": 1.0, "2026": 1.531},
}

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Writes the contents as files, and transforms them into the folder `out`."""

    def go(**files: Any) -> tuple[int, str, str]:
        paths = []
        for name, content in files.items():
            paths.append(tmp_path / f"{name}.json")
            text = content if isinstance(content, str) else json.dumps(content)
            paths[-1].write_text(text, encoding="utf-8")
        code = main(["transform", *map(str, paths), "--out", str(tmp_path / "out")], DAY)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return code, captured.out, captured.err

    return go


def test_the_catalogue_comes_back(run: Run, tmp_path: Path) -> None:
    code, out, err = run(product_data=PRODUCT_DATA)
    assert (code, err) == (0, "")
    assert "3 categories, 6 products, 1 pair of vectors are in " in out
    catalogue = load_catalogue(tmp_path / "out")
    assert load_catalogue(tmp_path / "out" / "catalogue") == catalogue
    categories = {c.category_id: c for c in catalogue.categories}
    # Categories that this project has keep its id and its aisles.
    assert set(categories) == {"cat_power_tools", "cat_hand_tools", "cat_pool_spa"}
    assert categories["cat_hand_tools"].aisles == load_catalogue().categories[0].aisles
    assert categories["cat_power_tools"].name == "Power Tools"
    assert categories["cat_power_tools"].seasonal_multipliers == tuple(SEASON)
    assert categories["cat_pool_spa"].seasonal_multipliers == (1.0,) * 12
    types = {t.type_id: t.name for c in catalogue.categories for t in c.types}
    assert types == {
        "type_drills": "Drills",
        "type_accessories": "Accessories",
        "type_hammers": "Hammers",
        "type_accessories_hand_tools": "Accessories",
        "type_covers": "Covers",
    }
    goods = {p.sku: p for p in catalogue.products}
    hammer = goods["HTHM000001"]
    assert hammer.product_id == "prod_hthm000001"
    assert hammer.name == "Professional Claw Hammer 1oz"
    assert (hammer.cost, hammer.price) == (Decimal("28.50"), price_of(Decimal("28.50")))
    assert hammer.description.endswith("with comfortable handle: for “framing”.")
    assert hammer.image_url == "/images/hammer_1.png"
    assert hammer.usual_stock == 25
    # The original has no codes: each product gets one.
    codes = list(product_codes(catalogue))
    assert {code["product_id"] for code in codes} == {p.product_id for p in catalogue.products}
    assert (goods["HTHM000020"].name, goods["HTHM000020"].description) == ("Yes", "No")


def test_arrays_become_maps(run: Run, tmp_path: Path) -> None:
    run(product_data=PRODUCT_DATA)
    text = (tmp_path / "out" / "catalogue" / "power_tools.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["seasonal_multipliers"] == dict(zip(MONTHS, SEASON, strict=True))
    assert "embedding" not in text


def test_vectors_are_split_off(run: Run, tmp_path: Path) -> None:
    run(product_data=PRODUCT_DATA)
    [line] = (tmp_path / "out" / "product_embeddings.ndjson").read_text().splitlines()
    vector = json.loads(line)
    by_id = {p["product_id"]: p for p in products(load_catalogue(tmp_path / "out"))}
    assert vector["_id"] == vector["product_id"] == "prod_hthm000001"
    assert vector["image_embedding"] == [0.25] * 512
    assert vector["description_embedding"][:3] == [-0.5, 1.0, 0.0025]
    assert vector["source"] == "original"
    assert vector["text_hash"] == text_hash(by_id["prod_hthm000001"])
    assert vector["image_url"] == "/images/hammer_1.png"


def test_stores_come_back(run: Run, tmp_path: Path) -> None:
    code, out, err = run(product_data=PRODUCT_DATA, reference_data=REFERENCE)
    assert (code, err) == (0, "")
    assert "stores.Zava Pop-Up Pike Place: the file knows no address" in out
    assert "year_weights are kept" in out
    stores = {s.store_id: s for s in load_stores(tmp_path / "out" / "stores.yaml")}
    own = {s.store_id: s for s in load_stores()}
    assert set(stores) == {"store_seattle", "store_pike_place", "store_online"}
    seattle = stores["store_seattle"]
    assert (seattle.location, seattle.opened) == (
        own["store_seattle"].location,
        own["store_seattle"].opened,
    )
    assert (seattle.customer_weight, seattle.order_multiplier, seattle.value_multiplier) == (
        30, 3, 1.3,
    )  # fmt: skip
    assert stores["store_online"].is_online
    assert stores["store_online"].products_carried == 6
    assert {one.time_zone for one in stores.values()} == {"America/Los_Angeles"}
    pike = stores["store_pike_place"]
    assert (pike.name, pike.is_online, pike.location["state"]) == (
        "Zava Pop-Up Pike Place", False, "WA",
    )  # fmt: skip


def test_a_data_set_can_be_made_of_it(run: Run, tmp_path: Path) -> None:
    run(product_data=PRODUCT_DATA, reference_data=REFERENCE)
    out = tmp_path / "out"
    options = Options(end=DAY, start=date(2020, 1, 1), customers=50, orders=300, catalogue=out)
    made = {part.collection: list(part.documents) for part in mongo_data_set(options)}
    assert len(made["products"]) == len(made["product_embeddings"]) == 6
    assert len(made["stores"]) == 3
    assert len(made["orders"]) == 300
    assert {o["store_id"] for o in made["orders"]} == {s["store_id"] for s in made["stores"]}


def test_a_folder_with_half_of_it_is_completed_and_another_refused(
    run: Run, tmp_path: Path
) -> None:
    run(product_data=PRODUCT_DATA)
    options = Options(end=DAY, customers=1, orders=0, catalogue=tmp_path / "out")
    made = {part.collection: list(part.documents) for part in mongo_data_set(options)}
    assert (len(made["products"]), len(made["stores"])) == (6, 8)
    with pytest.raises(UserError, match="name a folder that zava-seed transform wrote"):
        list(mongo_data_set(Options(end=DAY, catalogue=tmp_path)))


def test_reference_data_alone_is_for_the_own_catalogue(run: Run, tmp_path: Path) -> None:
    assert run(reference_data=REFERENCE)[0] == 0
    stores = load_stores(tmp_path / "out" / "stores.yaml")
    assert [s.products_carried for s in stores] == [390, 390, 424]
    assert not (tmp_path / "out" / "catalogue").exists()


def test_unknown_keys_are_reported(run: Run) -> None:
    data = copy.deepcopy(PRODUCT_DATA)
    data["version"] = 3
    data["main_categories"]["HAND TOOLS"]["HAMMERS"][1]["colour"] = "red"
    reference = copy.deepcopy(REFERENCE)
    reference["stores"]["Zava Online Store"]["manager"] = "x"
    code, out, _ = run(product_data=data, reference_data=reference)
    assert code == 0
    for path in (
        "product_data.json: version is not known here, so it was left out.",
        "product_data.json: main_categories.HAND TOOLS.HAMMERS[1].colour is not known",
        "reference_data.json: stores.Zava Online Store.manager is not known",
    ):
        assert path in out


def test_what_the_original_writes_for_nothing_is_nothing(run: Run, tmp_path: Path) -> None:
    """Its tools leave `""` and `[]` where a picture or a vector is still to be made."""
    data = copy.deepcopy(PRODUCT_DATA)
    nothing = {"image_path": "", "image_embedding": [], "description_embedding": []}
    for kind in data["main_categories"].values():
        for its_products in kind.values():
            for one in its_products if isinstance(its_products[0], dict) else []:
                one.update(nothing)
    data["main_categories"]["Pool & Spa"]["washington_seasonal_multipliers"] = []
    code, out, err = run(product_data=data)
    assert (code, err) == (0, "")
    assert "one of its two vectors" not in out
    catalogue = load_catalogue(tmp_path / "out")
    assert {p.image_url for p in catalogue.products} == {
        f"/images/{p.product_id}.jpg" for p in catalogue.products
    }
    assert not (tmp_path / "out" / "product_embeddings.ndjson").exists()


def test_no_stock_is_no_stock(run: Run, tmp_path: Path) -> None:
    data = copy.deepcopy(PRODUCT_DATA)
    _set(data, "main_categories", "HAND TOOLS", "HAMMERS", 1, "stock_level", to=0)
    run(product_data=data)
    options = Options(end=DAY, customers=1, orders=0, catalogue=tmp_path / "out")
    made = {part.collection: list(part.documents) for part in mongo_data_set(options)}
    levels = [
        one["stock_level"] for one in made["inventory"] if one["product_id"] == "prod_hthm000002"
    ]
    assert levels == [0] * 8


def test_a_name_that_stands_twice_is_told(run: Run) -> None:
    data = copy.deepcopy(PRODUCT_DATA)
    _set(data, "main_categories", "HAND TOOLS", "HAMMERS", 1, "name", to="20V Cordless  Drill")
    code, out, _ = run(product_data=data)
    assert code == 0
    first = "main_categories.POWER TOOLS.DRILLS[0]"
    assert f"{HAMMER}: the name '20V Cordless Drill' is at {first} already" in out


def test_half_of_the_vectors_are_none(run: Run, tmp_path: Path) -> None:
    data = copy.deepcopy(PRODUCT_DATA)
    del data["main_categories"]["HAND TOOLS"]["HAMMERS"][0]["image_embedding"]
    _, out, _ = run(product_data=data)
    assert "main_categories.HAND TOOLS.HAMMERS[0] has only one of its two vectors" in out
    assert not (tmp_path / "out" / "product_embeddings.ndjson").exists()


HAMMER = "main_categories.HAND TOOLS.HAMMERS[1]"


def _set(data: dict[str, Any], *path: Any, to: Any) -> None:
    for step in path[:-1]:
        data = data[step]
    data[path[-1]] = to


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("sku", "HTHM000001", "the SKU HTHM000001 is at main_categories.HAND TOOLS.HAMMERS[0]"),
        ("sku", "hammer", ".sku: 'hammer' must be capital letters, digits and single hyphens"),
        ("sku", 7, ".sku: must be a text, not 7"),
        ("name", " ", ".name: must be a text, not ' '"),
        ("price", 0, ".price: must be above 0, not 0"),
        ("price", -2.5, ".price: must be above 0, not -2.5"),
        ("price", 1.005, ".price: must have two decimals at most, not 1.005"),
        ("price", 1e300, ".price: must not be beyond 1,000,000, as 1E+300 is"),
        ("price", "28", ".price: must be a number, not '28'"),
        ("price", True, ".price: must be a number, not True"),
        ("price", None, ".price: must be a number, not null"),
        ("description", ["x"], ".description: must be a text, not a list"),
        ("stock_level", -1, ".stock_level: must be a whole number from 0"),
        ("stock_level", 1.5, ".stock_level: must be a whole number from 0"),
        ("image_path", {}, ".image_path: must be a text, not a map"),
        ("image_embedding", [0.1] * 511, ".image_embedding: must have 512 numbers, not 511"),
        (
            "image_embedding",
            [1e300, *[0.1] * 511],
            ".image_embedding[0]: must not be beyond 1,000,000",
        ),
        ("image_embedding", 1, ".image_embedding: must be a list, not 1"),
        (
            "description_embedding",
            [*[0.1] * 1535, "x"],
            ".description_embedding[1535]: must be a number, not 'x'",
        ),
    ],
)
def test_a_damaged_product_is_named_with_its_path(
    run: Run, tmp_path: Path, field: str, value: object, words: str
) -> None:
    data = copy.deepcopy(PRODUCT_DATA)
    _set(data, "main_categories", "HAND TOOLS", "HAMMERS", 1, field, to=value)
    code, out, err = run(product_data=data)
    assert (code, out) == (1, "")
    assert f"product_data.json: {HAMMER}" in err and words in err
    assert err.count("\n") == 1 and err.endswith(".\n")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("field", ["sku", "name", "price", "description"])
def test_a_missing_field_is_named(run: Run, field: str) -> None:
    data = copy.deepcopy(PRODUCT_DATA)
    del data["main_categories"]["HAND TOOLS"]["HAMMERS"][1][field]
    assert f"{HAMMER}: the key {field!r} is missing." in run(product_data=data)[2]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (["HAND TOOLS", "washington_seasonal_multipliers"], SEASON[:11], "must have 12 numbers"),
        (["HAND TOOLS", "washington_seasonal_multipliers", 3], 0, "multipliers[3]: must be above"),
        (["HAND TOOLS", "washington_seasonal_multipliers"], {"jan": 1}, "must be a list, not a ma"),
        (["HAND TOOLS", "HAMMERS"], [], "HAMMERS: a type needs at least one product"),
        (["HAND TOOLS", "HAMMERS"], {"a": 1}, "HAMMERS: must be a list, not a map"),
        (["HAND TOOLS", "HAMMERS", 0], "x", "HAMMERS[0]: must be a map of names to values"),
        (["HAND TOOLS"], {}, "HAND TOOLS: a category needs at least one type"),
        (["HAND TOOLS"], [], "HAND TOOLS: must be a map"),
        (["hand  tools"], {"T": [product(90)]}, "the category cat_hand_tools is at"),
        (["HAND TOOLS", "Hammers"], [product(90)], "the type type_hammers is at main_categories"),
        (["&"], {"T": [product(90)]}, "the name '&' has neither letters nor digits"),
    ],
)
def test_a_damaged_category_is_named(run: Run, path: list[Any], value: object, words: str) -> None:
    data = copy.deepcopy(PRODUCT_DATA)
    _set(data, "main_categories", *path, to=value)
    code, _, err = run(product_data=data)
    assert code == 1
    assert "product_data.json: main_categories." in err and words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (["Zava Retail Seattle", "rls_user_id"], "me", "rls_user_id: must be a UUID, not 'me'"),
        (
            ["Zava Retail Seattle", "rls_user_id"],
            REFERENCE["stores"]["Zava Online Store"]["rls_user_id"],
            "is at stores.Zava Retail Seattle.rls_user_id already",
        ),
        (["Zava Retail Seattle", "order_value_multiplier"], 0, "must be above 0, not 0"),
        (["Zava Retail Seattle"], {}, "Seattle: the key 'rls_user_id' is missing"),
        (["zava retail pike place"], REFERENCE["stores"]["Zava Retail Seattle"], "is at stores."),
    ],
)
def test_damaged_stores_are_named(run: Run, path: list[str], value: object, words: str) -> None:
    data = copy.deepcopy(REFERENCE)
    _set(data, "stores", *path, to=value)
    code, _, err = run(reference_data=data)
    assert code == 1
    assert "reference_data.json: stores." in err and words in err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is not valid JSON: Expecting value at line 1, column 1"),
        ('{"main_categories": {"A": {"B": [}}}', "is not valid JSON"),
        ('{"main_categories": {"A": 1, "A": 2}}', "main_categories: the key 'A' stands twice in"),
        (
            '{"main_categories": {"A": {"B": [{"sku": 1}, {"sku": 1, "sku": 2}]}}}',
            "main_categories.A.B[1]: the key 'sku' stands twice in the same map",
        ),
        ('{"main_categories": {"A": {"B": [{"price": NaN}]}}}', "NaN is not a number that JSON"),
        ("[" * 100_000, "is JSON that nobody can read"),
        ("[]", "the file: must be a map"),
        ("{}", "must have either 'main_categories'"),
        ('{"main_categories": {}}', "main_categories: there are no categories in it"),
        ('{"main_categories": {}, "stores": {}}', "must have either 'main_categories'"),
        ('{"stores": {}}', "stores: there are no stores in it"),
        ('{"stores": 1}', "stores: must be a map"),
    ],
)
def test_what_is_no_such_file(run: Run, content: str, words: str) -> None:
    code, _, err = run(data=content)
    assert code == 1
    assert words in err
    assert err.count("\n") == 1


def test_files_that_cannot_be_read(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.joinpath("bytes.json").write_bytes(b"\xff\xfe\x00")
    for name, words in (
        ("missing.json", "cannot be read (No such file or directory)"),
        (".", "cannot be read (Is a directory)"),
        ("bytes.json", "is not a text in UTF-8"),
    ):
        code = main(["transform", str(tmp_path / name), "--out", str(tmp_path / "out")], DAY)
        assert code == 1
        assert words in capsys.readouterr().err


def test_two_of_a_kind(run: Run) -> None:
    assert "both have 'main_categories'" in run(one=PRODUCT_DATA, two=PRODUCT_DATA)[2]


def test_a_folder_with_another_catalogue_is_refused(run: Run, tmp_path: Path) -> None:
    assert run(product_data=PRODUCT_DATA)[0] == 0
    code, _, err = run(product_data=PRODUCT_DATA)
    assert code == 1
    assert "is there already: choose an empty folder with --out" in err


def test_a_folder_that_cannot_be_made(run: Run, tmp_path: Path) -> None:
    tmp_path.joinpath("out").write_text("")
    code, _, err = run(product_data=PRODUCT_DATA)
    assert code == 1
    assert "cannot be written" in err
