"""Whatever is sent, the webhook has a right answer for it and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from connector_config.webhook.passwords import Passwords
from connector_config.webhook.server import create_app
from connector_config.webhook.tokens import Tokens
from connector_config.webhook.users import User, UsersFile
from tests.connector_config.webhook.conftest import ANN_PASSWORD, SECRET
from tests.helpers.property_tests import examples

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "user": st.just("ann") | JSON,
        "password": st.just(ANN_PASSWORD) | JSON,
        "token": st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*") | JSON,
        "appID": JSON,
        "provider": JSON,
    },
)
KINDS = st.sampled_from(["application/json", "application/json;charset=x", "text/plain", ""])
PHRASES = {
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    413: None,  # Python has renamed it
    415: "Unsupported Media Type",
    422: None,
    429: "Too Many Requests",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, passwords: Passwords) -> Iterator[TestClient]:
    users = UsersFile(Path(tmp_path_factory.mktemp("fuzz")) / "users.json")
    made = passwords.hash(ANN_PASSWORD)
    users.add("ann", User(role="worker", stores=["store_tacoma"], hash=made))
    with TestClient(create_app(users, passwords, Tokens(SECRET))) as client:
        yield client


def check_answer(status: int, content: Any, path: str) -> None:
    if path == "/ditto/auth" and status == 200:
        # Nobody guesses a signature.
        assert content == {"authenticated": False}
    elif status == 200:
        assert set(content) == {"token", "expirationSeconds"}
    else:
        assert status in PHRASES
        assert set(content) == {"error"}
        assert PHRASES[status] in (None, content["error"])


@given(st.sampled_from(["/login", "/ditto/auth"]), st.binary(max_size=300), KINDS)
def test_bytes(server: TestClient, path: str, body: bytes, kind: str) -> None:
    answer = server.post(path, content=body, headers={"Content-Type": kind})
    check_answer(answer.status_code, answer.json(), path)
    assert answer.status_code != 200 or path == "/ditto/auth"


@examples(120)
@given(st.sampled_from(["/login", "/ditto/auth"]), FIELDS | JSON)
def test_json(server: TestClient, path: str, body: Any) -> None:
    text = json.dumps(body)
    answer = server.post(path, content=text, headers={"Content-Type": "application/json"})
    check_answer(answer.status_code, answer.json(), path)
    if path == "/login" and answer.status_code == 200:
        assert body == {"user": "ann", "password": ANN_PASSWORD}
    if not isinstance(body, dict) and "NaN" not in text and "Infinity" not in text:
        assert answer.status_code in (400, 422)


@given(
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    st.lists(st.text(st.characters(codec="ascii", categories=["L", "N"])), max_size=3),
)
def test_methods_and_paths(server: TestClient, method: str, parts: list[str]) -> None:
    answer = server.request(method, "/" + "/".join(parts))
    assert answer.status_code in (404, 405)
    check_answer(answer.status_code, answer.json(), "")
