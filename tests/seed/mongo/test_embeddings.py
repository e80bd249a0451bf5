"""`zava-seed embeddings` against a real MongoDB and a server that speaks like Azure OpenAI."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema.collections import COLLECTIONS
from connector_config.schema.documents import Product, ProductEmbedding
from seed.azure_settings import AzureSettings, load_azure_settings
from seed.catalogue_files import load_catalogue
from seed.cli import main
from seed.embeddings import caption, description, local_embeddings
from seed.generators.catalogue import products
from seed.mongo import vectors as vectors_module
from seed.mongo.vectors import refresh_vectors
from tests.seed.mongo.fake_azure import DEPLOYMENT, KEY, FakeAzure, fake_azure, vector_of

PRODUCTS = 150
DAY = date(2026, 11, 21)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.02)
    monkeypatch.setattr("openai._base_client.MAX_RETRY_DELAY", 0.02)
    for name in ("ENDPOINT", "API_KEY", "EMBEDDING_DEPLOYMENT", "API_VERSION", "AD_TOKEN"):
        monkeypatch.delenv(f"AZURE_OPENAI_{name}", raising=False)


@pytest.fixture
def filled(database: MongoDatabase) -> MongoDatabase:
    """A database with some products."""
    goods = islice(products(load_catalogue()), PRODUCTS)
    database.products.insert_many([{"_id": p["product_id"], **p} for p in goods])
    return database


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAzure]:
    """The server, named in the environment."""
    with fake_azure() as fake:
        monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", fake.endpoint)
        monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
        monkeypatch.setenv("AZURE_OPENAI_EMBEDDING_DEPLOYMENT", DEPLOYMENT)
        yield fake


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    def go(*arguments: str) -> tuple[int, str, str]:
        code = main(["embeddings", *arguments], DAY)
        out, err = capfd.readouterr()
        assert KEY not in out + err
        assert "Traceback" not in err
        return code, out, err

    return go


def vectors(database: MongoDatabase) -> dict[str, dict[str, Any]]:
    return {found["_id"]: found for found in database.product_embeddings.find()}


def test_local_vectors_without_the_variables(filled: MongoDatabase, run: Run) -> None:
    code, out, err = run()
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == (
        "150 products have vectors; made now by local:wordllama-256: 150, up to date already: 0."
    )
    goods = islice(products(load_catalogue()), PRODUCTS)
    expected = {v["product_id"]: v for v in local_embeddings(goods)}
    assert vectors(filled) == {key: {"_id": key, **value} for key, value in expected.items()}


def test_a_second_run_makes_only_what_changed(filled: MongoDatabase, run: Run) -> None:
    run()
    renamed, short, missing = (found["_id"] for found in filled.products.find({}, limit=3))
    filled.products.update_one({"_id": renamed}, {"$set": {"product_name": "Another"}})
    filled.product_embeddings.update_one({"_id": short}, {"$set": {"image_embedding": [0.0]}})
    filled.product_embeddings.delete_one({"_id": missing})
    assert "made now by local:wordllama-256: 3, up to date already: 147." in run()[1]
    assert "made now by local:wordllama-256: 0, up to date already: 150." in run()[1]
    assert "made now by local:wordllama-256: 150, up to date already: 0." in run("--again")[1]


def test_word_hashes_of_an_older_version_are_made_anew(filled: MongoDatabase, run: Run) -> None:
    run()
    filled.product_embeddings.update_many({}, {"$set": {"source": "local"}})
    assert "by local:wordllama-256: 150, up to date already: 0." in run()[1]
    assert filled.product_embeddings.distinct("source") == ["local:wordllama-256"]


def test_azure_makes_both_vectors_in_batches(
    filled: MongoDatabase, azure: FakeAzure, run: Run
) -> None:
    code, out, err = run()
    assert (code, err) == (0, "")
    assert "made now by azure:vectors: 150, up to date already: 0." in out
    assert [(len(r["input"]), r["dimensions"]) for r in azure.requests] == [
        (64, 512), (64, 1_536), (64, 512), (64, 1_536), (22, 512), (22, 1_536)
    ]  # fmt: skip
    assert azure.versions == {"2024-10-21"}
    by_id: dict[str, Product] = {p["product_id"]: p for p in products(load_catalogue())}
    found = vectors(filled)
    assert len(found) == PRODUCTS
    for key, vector in found.items():
        product = by_id[key]
        assert vector["source"] == "azure:vectors"
        assert set(vector) == {
            "_id",
            *ProductEmbedding.__required_keys__,
            "image_url",
            "image_made_of",
        }
        for name, text, size in (
            ("image_embedding", caption(product), 512),
            ("description_embedding", description(product), 1_536),
        ):
            assert vector[name] == pytest.approx(vector_of(text, size), abs=1e-6)


def test_too_many_requests_and_a_failing_server_are_tried_again(
    filled: MongoDatabase, azure: FakeAzure, run: Run
) -> None:
    azure.failures = [429, 500, 503, 429]
    code, _, err = run()
    assert (code, err) == (0, "")
    assert azure.asked == 6 + 4
    assert len(vectors(filled)) == PRODUCTS


def test_it_goes_on_where_it_stopped(filled: MongoDatabase, azure: FakeAzure, run: Run) -> None:
    azure.failures = []
    half = 64

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    def first(goods: Iterable[Product]) -> Iterator[ProductEmbedding]:
        for vector in local_embeddings(goods):
            yield {**vector, "source": "azure:vectors"}

    with pytest.raises(KeyboardInterrupt):
        refresh_vectors(filled, first, "azure:vectors", stop)
    assert filled.product_embeddings.count_documents({}) == half
    code, out, _ = run()
    assert code == 0
    assert f"made now by azure:vectors: {PRODUCTS - half}, up to date already: {half}." in out
    assert sum(len(r["input"]) for r in azure.requests) == 2 * (PRODUCTS - half)
    assert ": 0, up to date already: 150." in run()[1]


def test_a_quota_that_is_used_up_keeps_what_is_done(
    filled: MongoDatabase, azure: FakeAzure, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    write = vectors_module.mongo_vector

    def count(vector: ProductEmbedding) -> dict[str, Any]:
        made.append(1)
        if len(made) == 64:
            azure.failures = [429] * 7
        return write(vector)

    monkeypatch.setattr(vectors_module, "mongo_vector", count)
    code, _, err = run()
    assert code == 1
    assert "is out of quota" in err and err.count("\n") == 1
    assert filled.product_embeddings.count_documents({}) == 64
    assert "made now by azure:vectors: 86, up to date" in run()[1]


def test_ctrl_c_says_what_is_there(
    filled: MongoDatabase, azure: FakeAzure, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("seed.azure._vectors", interrupted)
    code, _, err = run()
    assert code == 130
    assert err == (
        "zava-seed: Stopped; the vectors of 0 products were written, and the same command makes "
        "the rest.\n"
    )


def test_vectors_that_were_paid_for_stay(
    filled: MongoDatabase, azure: FakeAzure, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    monkeypatch.delenv("AZURE_OPENAI_ENDPOINT")
    monkeypatch.delenv("AZURE_OPENAI_API_KEY")
    monkeypatch.delenv("AZURE_OPENAI_EMBEDDING_DEPLOYMENT")
    assert ": 0, up to date already: 150." in run()[1]
    assert "made now by local:wordllama-256: 150, up to" in run("--local")[1]


@pytest.mark.parametrize(
    ("variables", "spoil", "words"),
    [
        ({"AZURE_OPENAI_API_KEY": "wrong"}, {}, "refuses the key: correct AZURE_OPENAI_API_KEY."),
        ({"AZURE_OPENAI_API_KEY": ""}, {}, "AZURE_OPENAI_API_KEY is not set: Azure OpenAI needs"),
        ({"AZURE_OPENAI_EMBEDDING_DEPLOYMENT": "x"}, {}, "has no deployment x for this version"),
        ({"AZURE_OPENAI_ENDPOINT": "http://zava.example/"}, {}, "must be an address such as https"),
        ({"AZURE_OPENAI_ENDPOINT": "zava"}, {}, "must be an address such as https"),
        ({"AZURE_OPENAI_ENDPOINT": "https://[::1"}, {}, "must be an address such as https"),
        ({"AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:1/"}, {}, "cannot be reached"),
        ({"AZURE_OPENAI_API_KEY": "kéy"}, {}, "holds characters that no key has"),
        ({}, {"failures": [500] * 7}, "failed (status 500): try again later"),
        ({}, {"largest": 0}, "must be of text-embedding-3-small"),
        ({}, {"spoiled": b"<html>Sign in</html>"}, "does not speak as Azure OpenAI does"),
        ({}, {"spoiled": b'{"object":"list","data":[]}'}, "does not speak as Azure OpenAI does"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    filled: MongoDatabase,
    azure: FakeAzure,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    spoil: dict[str, Any],
    words: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for name, value in spoil.items():
        setattr(azure, name, value)
    code, _, err = run()
    assert code == 1
    assert words in err
    assert err.count("\n") == 1 and err.endswith(".\n")
    assert filled.product_embeddings.count_documents({}) == 0


def test_vectors_that_were_split_off_come_back(
    filled: MongoDatabase, run: Run, tmp_path: Path
) -> None:
    lines: list[dict[str, Any]] = []
    for vector in islice(local_embeddings(products(load_catalogue())), 100):
        lines.append({"_id": vector["product_id"], **vector, "source": "original"})
    changed, kept = lines[0]["_id"], lines[1]["_id"]
    filled.products.update_one({"_id": changed}, {"$set": {"product_name": "Another"}})
    file = tmp_path / "vectors.ndjson"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    code, out, err = run("--file", str(file))
    assert (code, err) == (0, "")
    assert ": 99, up to date already: 0, not in it with the texts of today: 51." in out
    assert vectors(filled)[kept] == lines[1]
    assert ": 0, up to date already: 99, not in it" in run("--file", str(file))[1]
    # The rest is made here, and what was taken stays.
    assert "made now by local:wordllama-256: 51, up to date already: 99." in run()[1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("{", "Line 1 of "),
        ('{"_id": "x"}', "does not hold vectors of a product"),
    ],
)
def test_a_file_of_vectors_that_is_damaged(
    filled: MongoDatabase, run: Run, tmp_path: Path, content: str | None, words: str
) -> None:
    file = tmp_path / "vectors.ndjson"
    if content is not None:
        file.write_text(content)
    code, _, err = run("--file", str(file))
    assert code == 1
    assert words in err and err.count("\n") == 1


def test_no_products_is_one_sentence(database: MongoDatabase, run: Run) -> None:
    code, _, err = run()
    assert code == 1
    assert "fill it with zava-seed generate first" in err


def test_a_damaged_product_is_named(filled: MongoDatabase, run: Run) -> None:
    filled.products.update_one(
        {"_id": "prod_hnd_hammer_001"}, {"$unset": {"product_description": 1}}
    )
    code, _, err = run()
    assert code == 1
    assert "prod_hnd_hammer_001 has no text in product_description" in err


def test_a_deleted_product_needs_none(filled: MongoDatabase, run: Run) -> None:
    filled.products.update_one({"_id": "prod_hnd_hammer_001"}, {"$set": {"deleted": True}})
    assert "149 products have vectors" in run()[1]


def test_no_variables_means_no_azure() -> None:
    assert load_azure_settings({}) is None
    assert load_azure_settings({"AZURE_OPENAI_API_VERSION": "2024-02-01"}) is None
    with pytest.raises(UserError, match="AZURE_OPENAI_API_KEY and AZURE_OPENAI_EMBEDDING"):
        load_azure_settings({"AZURE_OPENAI_ENDPOINT": "https://zava.openai.azure.com/"})


def test_the_key_is_not_shown() -> None:
    settings = AzureSettings("https://zava.openai.azure.com/", KEY, DEPLOYMENT)
    assert KEY not in repr(settings)


def test_vectors_never_leave_mongodb() -> None:
    assert not COLLECTIONS["product_embeddings"].sync
