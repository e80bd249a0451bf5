"""The data files of connector_config: what is wrong with one is said with its line."""

from __future__ import annotations

from contextlib import suppress
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.rehearsal.schedule import read_script
from connector_config.cloud import permissions
from connector_config.errors import DataFileError
from connector_config.schema import collections_file
from connector_config.schema.collections import COLLECTIONS
from connector_config.schema.collections_file import checked_collections
from connector_config.yaml_files import Model, parse
from seed.catalogue_files import load_catalogue
from seed.store_files import load_stores


def text_of(name: str) -> str:
    package = "schema" if name == "collections.yaml" else "cloud"
    return resources.files(f"connector_config.{package}").joinpath(name).read_text("utf-8")


def line_of(text: str, part: str) -> int:
    """The line of the first place that has this, counted from 1."""
    return text[: text.index(part)].count("\n") + 1


def test_the_files_are_right() -> None:
    permissions.check_packaged()
    assert checked_collections() == tuple(COLLECTIONS.values())
    for collection in COLLECTIONS.values():
        assert collection.types
        assert bool(collection.why_not) != collection.sync
    assert COLLECTIONS["orders"].ditto_id_shape == "{store_id, order_id}"
    assert COLLECTIONS["products"].ditto_id_shape == "product_id"


@pytest.mark.parametrize(
    ("before", "after", "at", "words"),
    [
        ("name: orders", "name: Orders", "name: Orders", "name: String should match pattern"),
        ("name: orders", "nam: orders", "nam: orders", "name: Field required"),
        ("mongo_id: object_id", "mongo_id: oid", "mongo_id: oid", "'object_id'"),
        ("[category_id]", "[_id]", "id_fields: [_id]", "id_fields.0"),
        ("[category_id]", "[a.b]", "id_fields: [a.b]", "id_fields.0"),
        ("[category_id]", "[]", "id_fields: []", "at least 1 item"),
        ("[category_id]", "[x, x]", "id_fields: [x, x]", "a field is named twice"),
        ("[category_id]", "category_id", "id_fields: category_id", "should be a valid list"),
        ("sync: false", "sync: 'no'", "sync: 'no'", "valid boolean"),
        ("sync: false", "sync: true", "name: product_embeddings", "says scope and initial_sync"),
        ("    initial_sync: true\n", "", "name: stores", "says scope and initial_sync"),
        ("    scope: shared\n", "", "name: stores", "says scope and initial_sync"),
        ("sync: false", "sync: false\n    scope: store", "name: product_emb", "has no scope"),
        ("    title: Stores\n", "", "name: stores", "title: Field required"),
        ("kind: stock", "kind: stuff", "kind: stuff", "'stock'"),
        ("scope: store", "scope: some", "scope: some", "'shared' or 'store'"),
        ("    store_fields: [primary_store_id]\n", "", "name: customers", "says store_fields"),
        ("[primary_store_id]", "[store]", "name: customers", "some of several id_fields"),
        ("[primary_store_id]", "[x, x]", "store_fields: [x, x]", "a field is named twice"),
        (
            "scope: shared",
            "scope: shared\n    store_fields: [store_id]",
            "name: stores",
            "some of several id_fields",
        ),
        ("scope: shared", "scope: shared\n    since_field: x", "name: stores", "a since_field"),
        ("initial_sync: true", "initial_sync: 1", "initial_sync: 1", "valid boolean"),
        ("    types: texts\n", "", "name: product_types", "types: Field required"),
        ("name: customers", "name: stores", "collections:\n", "stores is there twice"),
        ("sync: true", "sync: true\n    why: x", "why: x", "why: Extra inputs"),
        ("sync: true", "sync: true\n    sync: true", None, "sync is there a second time"),
        ("id_fields: [store_id]", "id_fields: [store_id", None, "this is not YAML"),
    ],
)
def test_a_wrong_list_of_collections_is_said_with_the_line(
    before: str, after: str, at: str | None, words: str
) -> None:
    text = text_of("collections.yaml")
    assert before in text
    text = text.replace(before, after, 1)
    with pytest.raises(DataFileError) as raised:
        collections_file.check_text(text)
    sentence = str(raised.value)
    assert words in sentence and sentence.endswith(".") and "\n" not in sentence
    assert sentence.startswith("collections.yaml, line ")
    if at is not None:
        assert sentence.startswith(f"collections.yaml, line {line_of(text, at)}: ")


@pytest.mark.parametrize(
    ("before", "after", "at", "words"),
    [
        ("stores: one", "stores: two", "stores: two", "'one', 'some' or 'none'"),
        ("      orders: {read: own", "      ordrs: {read: own", "ordrs:", "no synced collection"),
        ("      products:", "      product_embeddings:", "product_emb", "no synced collection"),
        ("      orders: {read: own, write: own}\n", "", "  worker:", "orders must be there"),
        ("orders: {read: own, ", "orders: {read: none, ", "orders: {read: none", "not read"),
        ("products: {read: all", "products: {read: own", "  worker:", "products cannot be own"),
        ("  super_manager:", "  boss:", "  boss:", "'super_manager'"),
        ("everything: true", "everything: yes please", "everything: yes", "valid boolean"),
        (
            "everything: true",
            "everything: false",
            "super_manager:",
            "stores, staff, customers, cat",
        ),
        ("  manager:", "  worker:", "  worker:\n    stores: some", "worker is there a second"),
    ],
)
def test_wrong_permissions_are_said_with_the_line(
    before: str, after: str, at: str, words: str
) -> None:
    text = text_of("permissions.yaml")
    assert before in text
    text = text.replace(before, after, 1)
    with pytest.raises(DataFileError) as raised:
        permissions.check_text(text)
    said = str(raised.value)
    assert said.startswith(f"permissions.yaml, line {line_of(text, at)}: ")
    assert words in said and "\n" not in said


class _Anything(Model):
    a: int = 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("# only a comment\n", "empty"),
        ("- 1\n", "line 1: the file: Input should be"),
        ("b: 1\na: \x00\n", "line 2: this is not YAML: a sign that YAML does not allow"),
        ("a: !!python/object:os.system x\n", "line 1: this is not YAML"),
        ("? [a]\n: 1\n", "line 1: this is not YAML"),
        ("a: 1\nb: 2\nc: 3\n", "line 2: b: Extra inputs are not permitted (1 more after it)"),
    ],
)
def test_what_is_no_such_file_at_all(text: str, words: str) -> None:
    with pytest.raises(DataFileError, match=r"^x\.yaml") as raised:
        parse(text, "x.yaml", _Anything)
    assert words in str(raised.value)


BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
STRANGE = {
    "a: 1\nb: 2026-13-45\n": (2, "this is a date or time that does not exist"),
    "a: 2026-01-01 25:00:00\n": (1, "this is a date or time that does not exist"),
    "a:\n  - !!timestamp x\n": (2, "this is a date or time that does not exist"),
    "a: !!int x\n": (1, "this is no whole number"),
    f"a: {'9' * 5_000}\n": (1, "this is no whole number, or one that is too long"),
    "a: !!float x\n": (1, "this is no number"),
    "a: !!bool x\n": (1, "this is neither true nor false"),
    "a: !!binary x\n": (1, "failed to decode base64"),
    "\na: " + "[" * 100_000: (2, "it is nested too deeply"),
    "".join(f"{' ' * depth}- \n" for depth in range(200)): (101, "it is nested too deeply"),
    BOMB: (7, "it is too much, written out"),
    "a: &a [*a]\n": (1, "*a stands within what it refers to"),
    "a: &a\n  b: *a\n": (2, "*a stands within what it refers to"),
    "a: *nowhere\n": (1, "found undefined alias"),
    "a: \ud800\n": (1, "a sign that YAML does not allow"),
    "a: 1\n---\na: 2\n": (2, "but found another document"),
    "a: [\n": (2, ""),
    "? [a]\n: 1\n": (1, "found unhashable key"),
}


@pytest.mark.parametrize(("text", "said"), STRANGE.items(), ids=range(len(STRANGE)))
def test_whatever_it_holds_it_is_one_sentence_with_the_line(
    text: str, said: tuple[int, str], tmp_path: Path
) -> None:
    line, words = said
    with pytest.raises(DataFileError) as raised:
        parse(text, "x.yaml", _Anything)
    sentence = str(raised.value)
    assert sentence.startswith(f"x.yaml, line {line}: this is not YAML: ")
    assert words in sentence and sentence.endswith(".") and "\n" not in sentence
    assert len(sentence) < 300


def test_files_of_persons_go_through_the_same_door(tmp_path: Path) -> None:
    """Rehearsal scripts, catalogues and stores."""
    file = tmp_path / "x.yaml"
    for read in (read_script, lambda one: load_catalogue(one.parent), load_stores):
        for text in STRANGE.keys() - {"a: \ud800\n"}:
            file.write_text(text)
            with pytest.raises(DataFileError) as raised:
                read(file)
            assert "\n" not in str(raised.value) and "line " in str(raised.value)
        file.write_bytes(b"\xff\xfe")
        with pytest.raises(DataFileError):
            read(file)


def test_what_is_written_once_and_meant_twice_is_read() -> None:
    class Two(Model):
        a: list[int]
        b: list[int]

    assert parse("a: &a [1, 2]\nb: *a\n", "x.yaml", Two) == Two(a=[1, 2], b=[1, 2])


@given(st.text(alphabet="ab:-[]{},&*!|>?'\"#% \n0123.<", max_size=40))
@example("<<: [*a]")
@example("? &a [*a]\n: 1")
@example("&a a: *a")
def test_no_text_is_anything_but_read_or_refused(text: str) -> None:
    with suppress(DataFileError):
        parse(text, "x.yaml", _Anything)
