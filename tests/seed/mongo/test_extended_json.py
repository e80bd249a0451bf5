"""Documents as lines of Extended JSON: nothing is lost, and what others write is read."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import bson
import pytest
from bson import Binary, Decimal128, Int64, ObjectId, Regex, Timestamp, json_util
from hypothesis import given
from hypothesis import strategies as st

from seed.mongo.extended_json import LineError, check_storable, from_line, to_line
from tests.helpers.property_tests import examples

# What looks like a number of Extended JSON, a quote or a line end inside of a text.
TRAPS = ('{"$numberInt":"5"}', '"', "\\", "\n\r\u2028\u0000", "$oid", "é\U0001f600", "")

TEXTS = st.text(max_size=20) | st.sampled_from(TRAPS)
KEYS = st.text("ab$.é", max_size=5).filter(lambda key: not key.startswith("$"))
PLAIN = (
    TEXTS
    | st.integers(-(1 << 63), (1 << 63) - 1)
    | st.floats(allow_nan=False)
    | st.booleans()
    | st.none()
    | st.binary(min_size=12, max_size=12).map(ObjectId)
    # Hypothesis takes limits without a zone, and dates of MongoDB have none and are UTC.
    | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(  # noqa: DTZ001
        lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
    )
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=4,
)
DOCUMENTS = st.fixed_dictionaries({"_id": TEXTS}, optional={"a": VALUES, "é": VALUES})


@examples(30)
@given(DOCUMENTS)
def test_a_document_comes_back_as_it_was(document: dict[str, Any]) -> None:
    line = to_line(document)
    assert line.count(b"\n") == 1
    assert bson.encode(from_line(line)) == bson.encode(document)


@examples(30)
@given(DOCUMENTS)
def test_the_driver_reads_the_same_in_it(document: dict[str, Any]) -> None:
    found = json_util.loads(to_line(document), json_options=json_util.CANONICAL_JSON_OPTIONS)
    assert bson.encode(found) == bson.encode(document)


@examples(30)
@given(DOCUMENTS)
def test_what_the_driver_writes_is_read(document: dict[str, Any]) -> None:
    canonical = json_util.dumps(document, json_options=json_util.CANONICAL_JSON_OPTIONS)
    assert bson.encode(from_line(canonical.encode())) == bson.encode(document)
    # The relaxed form does not keep the sizes of numbers, so this compares values.
    relaxed = json_util.dumps(document, json_options=json_util.RELAXED_JSON_OPTIONS)
    assert from_line(relaxed.encode()) == document


@pytest.mark.parametrize(
    "value",
    [
        float("inf"),
        float("-inf"),
        -0.0,
        1e300,
        5e-324,
        Int64(5),
        Decimal128("1.10"),
        Binary.from_uuid(uuid.UUID("f47ac10b-58cc-4372-a567-0e02b2c3d479")),
        Binary(b"\0\xff", 128),
        Regex("^a", "i"),
        Timestamp(1, 2),
        datetime(1969, 12, 31, 23, 59, 59, 999000, UTC),
    ],
    ids=repr,
)
def test_every_type_of_mongodb_goes_through(value: object) -> None:
    document = {"_id": 1, "value": value, "inside": [{"it": value}]}
    assert bson.encode(from_line(to_line(document))) == bson.encode(document)


def test_not_a_number_goes_through() -> None:
    (found,) = from_line(to_line({"_id": float("nan")})).values()
    assert found != found


def test_a_date_that_python_cannot_hold_goes_through() -> None:
    far = bson.DatetimeMS(400_000_000_000_000)
    assert bson.encode(from_line(to_line({"_id": far}))) == bson.encode({"_id": far})


@pytest.mark.parametrize(
    ("line", "document"),
    [
        (b'{"_id":{"$oid":"5f0000000000000000000001"}}', {"_id": ObjectId("5f" + 21 * "0" + "1")}),
        (b'{"_id": 1, "at": {"$date": "2026-01-31T10:00:00.5Z"}}',
         {"_id": 1, "at": datetime(2026, 1, 31, 10, 0, 0, 500_000, UTC)}),
        (b'{"_id":1,"at":{"$date":{"$numberLong":"0"}}}',
         {"_id": 1, "at": datetime(1970, 1, 1, tzinfo=UTC)}),
        (b'{ "_id" : { "$numberInt" : "7" } , "x" : 1.5 }\r\n', {"_id": 7, "x": 1.5}),
        (b'{"_id":{"$numberInt":"-7"},"n":{"$numberDouble":"-7e+2"}}', {"_id": -7, "n": -700.0}),
        (b'{"_id":{"$numberLong":"7"},"n":{"$numberDouble":"7"}}', {"_id": Int64(7), "n": 7.0}),
    ],
)  # fmt: skip
def test_both_forms_are_read(line: bytes, document: dict[str, Any]) -> None:
    assert bson.encode(from_line(line)) == bson.encode(document)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"", "not Extended JSON"),
        (b"\n", "not Extended JSON"),
        (b'{"_id":1', "not Extended JSON"),
        (b'{"_id":1}{"_id":2}', "not Extended JSON"),
        (b'{"_id":"\xff"}', "not Extended JSON"),
        (b'{"_id":{"$oid":"short"}}', "not Extended JSON"),
        (b'{"_id":{"$numberInt":"five"}}', "not Extended JSON"),
        (b'{"_id":{"$numberInt":"1.5"}}', "not Extended JSON"),
        (b'{"_id":{"$numberDouble":"1.e"}}', "not Extended JSON"),
        (b'{"_id":{"$date":"yesterday"}}', "not Extended JSON"),
        (b'{"_id":{"$binary":{"base64":"?","subType":"xx"}}}', "not Extended JSON"),
        (b"[1,2]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'{"id":1}', "no _id"),
        (b'{"_id":' + b"[" * 100_000, "too deeply"),
    ],
)
def test_a_line_that_is_no_document_says_why(line: bytes, words: str) -> None:
    with pytest.raises(LineError, match=words):
        from_line(line)


@pytest.mark.parametrize(
    "document",
    [{"_id": 1 << 63}, {"_id": 1, "a\0b": 1}, {"_id": 1, "a": "\ud800"}],
    ids=["large", "key", "half a character"],
)
def test_what_mongodb_cannot_hold_is_noticed(document: dict[str, Any]) -> None:
    with pytest.raises(LineError, match="cannot hold"):
        check_storable(document)
