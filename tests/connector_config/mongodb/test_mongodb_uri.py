"""Connection strings: what is said of them, and that a password is never in it."""

from __future__ import annotations

from urllib.parse import quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connector_config.errors import UserError
from connector_config.mongodb.uri import check_uri, shown


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("mongodb+srv://ann:secret@c.example.net/", "mongodb+srv://ann:***@c.example.net/"),
        ("mongodb+srv://ann:secret@c.example.net", "mongodb+srv://ann:***@c.example.net/"),
        ("mongodb://a:27017,b:27018/zava?replicaSet=x", "mongodb://a:27017,b:27018/"),
        ("mongodb://ann@h:1/?tlsCertificateKeyFilePassword=secret", "mongodb://ann@h:1/"),
        ("mongodb://[::1]:27017", "mongodb://[::1]:27017/"),
        ("mongodb://ann:se@cret@h/", "mongodb://ann:***@h/"),
        ("mongodb://ann:se/cr?et#@h/", "mongodb://ann:***@h/"),
        ("mongodb://:secret@h/", "mongodb://:***@h/"),
        ("mongodb://ann:secret h/", "mongodb://***/"),
        ("mongodb://an n:secret@h/", "mongodb://***:***@h/"),
        ("secret", "***"),
        ("https://ann:secret@h/", "***"),
    ],
)
def test_shown(uri: str, expected: str) -> None:
    assert shown(uri) == expected


@pytest.mark.parametrize(
    "uri",
    [
        "mongodb://127.0.0.1:27017/?replicaSet=rs0",
        "mongodb://ann:p%C3%A4ß@h/",
        "mongodb+srv://ann:p%40ss@cluster0.example.net/?retryWrites=true&w=majority",
        "mongodb://a,b,c/zava?tls=true",
        "mongodb://[::1]:27017",
    ],
)
def test_good_ones_are_accepted_without_a_network(uri: str) -> None:
    check_uri(uri)


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("cluster0.example.net", "must begin with mongodb:// or mongodb"),
        ("https://ann:secret@h/", "must begin with"),
        ("mongodb+srv://ann:<db_password>@c.example.net/", "placeholder in angle brackets"),
        ("mongodb+srv://ann:<password>@c.example.net/", "placeholder in angle brackets"),
        ("mongodb://ann:se@cret@h/", "must be URL-encoded: write @ as %40"),
        ("mongodb://ann:se/cret@h/", "must be URL-encoded"),
        ("mongodb://ann:se?cret@h/", "must be URL-encoded"),
        ("mongodb://ann:se:cret@h/", "must be URL-encoded"),
        ("mongodb://ann:secret%@h/", "must be URL-encoded"),
        ("mongodb://ann:secr%E4t@h/", "not as UTF-8"),
        ("mongodb://:secret@h/", "no user name"),
        ("mongodb://ann@h/?authMechanism=SCRAM-SHA-256", "no password"),
        ("mongodb://", "at least one host"),
        ("mongodb+srv://a.example.net,b.example.net/", "exactly one host and no port"),
        ("mongodb+srv://a.example.net:27017/", "exactly one host and no port"),
        ("mongodb://h:99999/", "a port that is not a number"),
        ("mongodb://h:secret/", "a port that is not a number"),
        ("mongodb://h/?secret=1", "an option after the"),
        ("mongodb://h/?tls=secret", "an option after the"),
        ("mongodb://h/?secret", "an option after the"),
        ("mongodb://h/?w=majority&authMechanism=secret", "an option after the"),
        ("mongodb://h/se cret", "a database name"),
    ],
)
def test_bad_ones_are_one_sentence_with_the_fix(uri: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        check_uri(uri)
    sentence = str(caught.value)
    assert words in sentence
    assert sentence.startswith(("MONGODB_CONNECTION_STRING", "The user name or the password"))
    assert sentence.endswith(".")
    assert "secret" not in sentence and "cret" not in sentence


@pytest.mark.parametrize(
    ("written", "ways"),
    [
        ("ann:se@cret", "@ as %40"),
        ("an/n:se:cr@et", "@ as %40, : as %3A and / as %2F"),
        ("ann:se%cret", "% as %25"),
        ("ann:s%40e@cr?et+", "@ as %40, ? as %3F and + as %2B"),
        ("ann:%zz@", "@ as %40 and % as %25"),
    ],
)
def test_the_characters_that_are_there_are_named(written: str, ways: str) -> None:
    with pytest.raises(UserError) as caught:
        check_uri(f"mongodb://{written}@h/")
    assert str(caught.value).endswith(f" has a character that must be URL-encoded: write {ways}.")


# The sign in front cannot be part of any sentence, so that finding it means a leak.
PASSWORDS = st.text(min_size=1, max_size=12).map(lambda text: f"\u2620{text}\u2620")
SCHEMES = st.sampled_from(["mongodb://", "mongodb+srv://", "", "http://"])
REST = st.text(alphabet="@:/?#[]%&=,.<> abc12", max_size=12)


@given(SCHEMES, REST, PASSWORDS, REST)
@example("mongodb://", "ann:", "\u2620@\u2620", "@h/")
@example("mongodb://", "ann:", "\u2620?a=b\u2620", "@h/?w=1")
@example("mongodb://", "", "\u2620\u2620", "")
def test_a_raw_password_never_appears(scheme: str, before: str, secret: str, after: str) -> None:
    uri = f"{scheme}{before}{secret}{after}"
    assert "\u2620" not in shown(uri)
    try:
        check_uri(uri)
    except UserError as error:
        assert "\u2620" not in str(error)


ENCODED = st.text(alphabet="xyz0189@:/?#%!$ ", min_size=6, max_size=20).map(quote_plus)


@given(
    st.sampled_from(["mongodb://", "mongodb+srv://"]),
    ENCODED.filter(lambda text: text not in "***"),
    st.sampled_from(["h.example.net/", "h.example.net/db?w=majority", "h.example.net"]),
)
def test_an_encoded_password_never_appears(scheme: str, secret: str, tail: str) -> None:
    assert shown(f"{scheme}ann:{secret}@{tail}") == f"{scheme}ann:***@h.example.net/"
    check_uri(f"{scheme}ann:{secret}@{tail}")
