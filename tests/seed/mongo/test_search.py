"""`zava-seed search` against a real MongoDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from seed.cli import main
from seed.embeddings import DESCRIPTION_DIMENSIONS, local_vectors
from seed.mongo import nearest
from seed.mongo.nearest import Method, similarity_stages
from seed.mongo.search import Answer, search
from tests.bench.meaning import unanswered
from tests.seed.mongo.fake_azure import DEPLOYMENT, KEY, fake_azure, vector_of
from tests.seed.mongo.small_set import put, small_set

HANG = "something to hang heavy pictures on drywall"
DAY = date(2026, 11, 21)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def filled(new_database: Callable[[], MongoSettings]) -> Iterator[MongoSettings]:
    """A database that the tests leave as they found it."""
    settings = new_database()
    with open_database(settings) as database:
        put(database)
    yield settings


@pytest.fixture
def goods(filled: MongoSettings) -> Iterator[MongoDatabase]:
    with open_database(filled) as database:
        yield database


@pytest.fixture
def run(
    filled: MongoSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    monkeypatch.setenv("MONGODB_CONNECTION_STRING", filled.uri)
    monkeypatch.setenv("MONGODB_DATABASE", filled.database)
    monkeypatch.setenv("COLUMNS", "300")

    def go(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(["search", *arguments], DAY)
        except SystemExit as ended:
            code = int(str(ended.code))
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return go


def embed(source: str, text: str) -> list[float] | None:
    assert source == "local:wordllama-256"
    return local_vectors([text], DESCRIPTION_DIMENSIONS)[0]


def kinds(database: MongoDatabase, answer: Answer) -> list[str]:
    return [
        str((database.products.find_one({"_id": one.product_id}) or {}).get("type_id"))
        for one in answer.products
    ]


def test_it_finds_by_meaning_with_what_each_store_has(goods: MongoDatabase) -> None:
    answer = search(goods, HANG, embed, 5)
    assert (answer.method, answer.remarks) == (Method.LOCAL, [])
    assert len(answer.products) == 5
    assert "type_bolts_anchors" in kinds(goods, answer)
    assert any(one.by_words for one in answer.products)
    assert all(0.3 <= one.cosine <= 1 for one in answer.products if one.cosine is not None)
    named = {one["_id"]: one["store_name"] for one in small_set()["stores"]}
    for one in answer.products:
        # Nothing has moved in this data set.
        assert one.on_hand == {
            named[its["store_id"]].removeprefix("Zava Retail "): its["stock_level"]
            for its in small_set()["inventory"]
            if its["product_id"] == one.product_id
        }
    assert any(one.on_hand for one in answer.products)


def test_by_both_beats_each(goods: MongoDatabase) -> None:
    missed = unanswered(goods)
    assert missed["both"] < min(missed["words"], missed["meaning"])


@pytest.mark.parametrize("store", ["store_tacoma", "zava retail tacoma"])
def test_the_stock_of_one_store(run: Run, store: str) -> None:
    code, out, err = run("cordless drill", "--store", store, "--limit", "3")
    assert (code, err) == (0, "")
    assert "Tacoma" in out and "Seattle" not in out
    assert out.endswith("\n3 products; vectors compared by: local.\n")
    assert "20V Cordless Drill" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["drill", "--store", "store_paris"], "There is no store 'store_paris': choose from store"),
        ([" "], "say what is looked for"),
        (["drill", "--limit", "0"], "the number of products must be a whole number from 1 to 100"),
    ],
)
def test_what_is_wrong_is_said(run: Run, arguments: list[str], words: str) -> None:
    code, out, err = run(*arguments)
    assert (code != 0, out) == (True, "")
    assert words in err


@pytest.mark.parametrize("text", ["qqqq zzzz", '"', "the of and"])
def test_what_fits_nothing_is_said(run: Run, text: str) -> None:
    code, out, err = run(text)
    assert (code, err) == (0, "")
    assert out.startswith("Nothing fits “") or "vectors compared by: local" in out
    if text == "qqqq zzzz":
        assert out == "Nothing fits “qqqq zzzz”, neither by its words nor by its meaning.\n"


def test_a_typo_is_forgiven_as_in_the_app(run: Run) -> None:
    assert "Cordless Drill" in run("cordles dril", "--limit", "5")[1]


def test_without_the_text_index_it_says_so(goods: MongoDatabase) -> None:
    index = "product_name_text_product_description_text"
    (text,) = [one for one in goods.products.list_indexes() if "textIndexVersion" in one]
    goods.products.drop_index(text["name"])
    try:
        answer = search(goods, HANG, embed, 5)
    finally:
        goods.products.create_index(
            [("product_name", "text"), ("product_description", "text")],
            name=index,
            weights={"product_name": 10, "product_description": 1},
        )
    assert answer.products and not any(one.by_words for one in answer.products)
    assert answer.remarks == [
        "There is no text index, so it was not searched: run zava-seed indexes."
    ]


@pytest.mark.parametrize(
    ("sources", "method", "remark"),
    [
        ({"local": 424}, None, "The vectors are word hashes of version 0.2: run zava-seed"),
        ({}, None, "There are no vectors to search by meaning: run zava-seed embeddings."),
        (
            {"local:wordllama-256": 400, "azure:vectors": 24},
            Method.LOCAL,
            "The products have 400 vectors of local:wordllama-256, 24 vectors of azure:vectors: "
            "only those of local:wordllama-256 were searched by meaning",
        ),
    ],
)
def test_whose_vectors_are_searched(
    goods: MongoDatabase, sources: dict[str, int], method: Method | None, remark: str
) -> None:
    ids = [one["_id"] for one in goods.product_embeddings.find({}, {}, sort=[("_id", 1)])]
    at = 0
    goods.product_embeddings.update_many({}, {"$set": {"deleted": True}})
    for source, number in sources.items():
        change = {"$set": {"deleted": False, "source": source}}
        goods.product_embeddings.update_many({"_id": {"$in": ids[at : at + number]}}, change)
        at += number
    try:
        answer = search(goods, HANG, embed, 5)
    finally:
        whole = {"$set": {"deleted": False, "source": "local:wordllama-256"}}
        goods.product_embeddings.update_many({}, whole)
    assert answer.method == method
    assert [one for one in answer.remarks if one.startswith(remark)]


def test_vectors_of_azure_are_asked_by_azure(
    goods: MongoDatabase, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = small_set()["products"][7]
    azure = {"source": f"azure:{DEPLOYMENT}"}
    goods.product_embeddings.update_many({}, {"$set": azure})
    mine = {**azure, "description_embedding": vector_of(HANG, DESCRIPTION_DIMENSIONS)}
    goods.product_embeddings.update_one({"_id": product["_id"]}, {"$set": mine})
    try:
        assert "which cannot be asked from here" in run(HANG)[1]
        with fake_azure() as fake:
            monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", fake.endpoint)
            monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
            monkeypatch.setenv("AZURE_OPENAI_EMBEDDING_DEPLOYMENT", DEPLOYMENT)
            code, out, err = run(HANG)
            assert [(r["input"], r["dimensions"]) for r in fake.requests] == [([HANG], 1_536)]
    finally:
        for one in small_set()["product_embeddings"]:
            goods.product_embeddings.replace_one({"_id": one["_id"]}, one)
    assert (code, err) == (0, "")
    (line,) = [one for one in out.splitlines() if product["sku"] in one]
    assert " 1.00 " in line


def test_a_damaged_vector_is_one_product_that_is_not_found(goods: MongoDatabase) -> None:
    before = search(goods, "melt ice on the driveway", embed, 5).products
    damaged = before[0].product_id
    (whole,) = [one for one in small_set()["product_embeddings"] if one["_id"] == damaged]
    for value in ([0.0] * 1_536, [1], "x", ["x"] * 1_536, None):
        change = {"$set": {"description_embedding": value}}
        goods.product_embeddings.update_one({"_id": damaged}, change)
        found = {
            one.product_id: one.cosine
            for one in search(goods, "melt ice on the driveway", embed, 5).products
        }
        assert found.get(damaged) is None
        assert any(cosine is not None for cosine in found.values())
    goods.product_embeddings.replace_one({"_id": damaged}, whole)


def test_a_server_that_cannot_compare_vectors_after_all_leaves_it_to_us(
    goods: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No server here is so new: this one refuses the stage, whatever it is taken for.
    monkeypatch.setattr(nearest, "_SIMILARITY_VERSION", (6, 0))
    assert search(goods, HANG, embed, 5).method is Method.LOCAL
    stages = similarity_stages("azure:x", [0.6, 0.8], 7)
    assert stages[1]["$project"]["cosine"] == {
        "$similarityCosine": ["$description_embedding", [0.6, 0.8]]
    }
    assert stages[-1] == {"$limit": 7}


def test_an_empty_database_is_one_sentence(run: Run, mongo_settings: MongoSettings) -> None:
    code, out, err = run("drill")
    assert (code, out) == (1, "")
    assert "fill it with zava-seed generate first" in err and err.count("\n") == 1
