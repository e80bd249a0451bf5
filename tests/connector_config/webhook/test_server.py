"""The endpoints of the webhook, one request at a time."""

from __future__ import annotations

import asyncio
import datetime
import json
import logging
import threading
import time
from typing import Any

import httpx2
import jwt
import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from connector_config.cloud.permissions import ditto_permissions
from connector_config.webhook.attempts import OF_A_USER
from connector_config.webhook.passwords import Passwords
from connector_config.webhook.server import create_app
from connector_config.webhook.tokens import LIFETIME_SECONDS, Tokens
from connector_config.webhook.users import UsersFile
from tests.connector_config.webhook.conftest import ANN_PASSWORD, BOB_PIN, SECRET, cheap_hasher

ANN = {"user": "ann", "password": ANN_PASSWORD}
REFUSED = {"authenticated": False}


def token_of(client: TestClient, login: dict[str, str] = ANN) -> str:
    answer = client.post("/login", json=login)
    assert answer.status_code == 200
    assert set(answer.json()) == {"token", "expirationSeconds"}
    return str(answer.json()["token"])


def from_ditto(client: TestClient, token: object, **other: object) -> httpx2.Response:
    body = {"appID": "5f0a", "provider": "zava", "token": token, **other}
    return client.post("/ditto/auth", json=body)


def test_a_worker_signs_in(client: TestClient) -> None:
    answer = from_ditto(client, token_of(client))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "authenticated": True,
        "userID": "ann",
        "expirationSeconds": 28800,
        "clientInfo": {"role": "worker", "stores": ["store_tacoma"]},
        "identityServiceMetadata": {"user": "ann", "role": "worker", "stores": ["store_tacoma"]},
        "permissions": ditto_permissions("worker", ["store_tacoma"]),
    }


def test_a_super_manager_signs_in_with_a_pin(client: TestClient) -> None:
    answer = from_ditto(client, token_of(client, {"user": "bob", "password": BOB_PIN})).json()
    assert answer["permissions"] == {
        "remoteQuery": False,
        "read": {"everything": True, "queriesByCollection": {}},
        "write": {"everything": True, "queriesByCollection": {}},
    }


def test_newer_fields_of_ditto_are_not_in_the_way(client: TestClient) -> None:
    answer = from_ditto(client, token_of(client), databaseID="5f0a", version="1")
    assert answer.json()["authenticated"] is True


@pytest.mark.parametrize(
    "login",
    [
        {"user": "ann", "password": "correct horse batterz"},
        {"user": "nobody", "password": ANN_PASSWORD},
        {"user": "Ann", "password": ANN_PASSWORD},
        {"user": "../etc/passwd", "password": ANN_PASSWORD},
    ],
)
def test_a_wrong_password_and_an_unknown_user_look_the_same(
    client: TestClient, login: dict[str, str]
) -> None:
    answer = client.post("/login", json=login)
    assert (answer.status_code, answer.json()) == (401, {"error": "Unauthorized"})


def test_an_unknown_user_costs_as_much_as_a_known_one(users: UsersFile) -> None:
    asked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            asked.append(str(hash))
            return bool(super().verify(hash, password))

    passwords = Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))
    with TestClient(create_app(users, passwords, Tokens(SECRET))) as client:
        for name in ("ann", "nobody"):
            client.post("/login", json={"user": name, "password": "wrong"})
    known, unknown = asked
    # The same algorithm and the same parameters, and never the same hash.
    assert known.split("$")[:4] == unknown.split("$")[:4]
    assert known != unknown


@pytest.mark.parametrize("kept", [None, cheap_hasher().hash("right")])
def test_the_first_one_costs_as_much_whoever_it_is(kept: str | None) -> None:
    done: list[str] = []

    class Counting(PasswordHasher):
        def hash(self, *_: Any, **__: Any) -> str:
            done.append("hash")
            return super().hash(*_, **__)

        def verify(self, *_: Any) -> Any:
            done.append("verify")
            return super().verify(*_)

    assert not Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1)).verify(kept, "wrong")
    assert done == ["hash", "verify"]


def test_a_token_is_for_one_use(client: TestClient) -> None:
    token = token_of(client)
    assert from_ditto(client, token).json()["authenticated"] is True
    again = from_ditto(client, token)
    assert (again.status_code, again.json()) == (200, REFUSED)


def test_a_token_is_for_a_minute(
    users: UsersFile, passwords: Passwords, client: TestClient
) -> None:
    now = 5.0
    tokens = Tokens(SECRET, clock=lambda: now)
    with TestClient(create_app(users, passwords, tokens)) as device:
        early, late = token_of(device), token_of(device)
        now += LIFETIME_SECONDS - 1
        assert from_ditto(device, early).json()["authenticated"] is True
        now += 1
        assert from_ditto(device, late).json() == REFUSED


@pytest.mark.parametrize("seconds", [-86400, -30, 30, 86400])
def test_a_token_outlives_a_clock_that_is_set(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    token, unused = token_of(client), token_of(client)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + seconds)

    class Set(datetime.datetime):
        """What PyJWT asks for the time."""

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Set:
            return cls.fromtimestamp(time.time(), tz)

    monkeypatch.setattr("jwt.api_jwt.datetime", Set)
    assert from_ditto(client, token).json()["authenticated"] is True
    assert from_ditto(client, token).json() == REFUSED
    # Those that are issued from then on, too, and after the clock was put right again.
    assert from_ditto(client, token_of(client)).json()["authenticated"] is True
    monkeypatch.undo()
    assert from_ditto(client, unused).json()["authenticated"] is True


def test_a_token_of_an_earlier_run_is_refused(client: TestClient, tokens: Tokens) -> None:
    earlier = Tokens(SECRET).issue("ann")
    assert from_ditto(client, earlier).json() == REFUSED
    assert from_ditto(client, tokens.issue("ann")).json()["authenticated"] is True


def test_who_was_removed_meanwhile_is_refused(client: TestClient, users: UsersFile) -> None:
    token = token_of(client)
    users.remove("ann")
    assert from_ditto(client, token).json() == REFUSED


def forged(**changed: object) -> str:
    claims: dict[str, Any] = {
        "sub": "ann",
        "aud": "ditto",
        "iat": time.time(),
        "exp": time.time() + 60,
        "jti": "x",
    }
    key = str(changed.pop("key", SECRET))
    algorithm = str(changed.pop("algorithm", "HS256"))
    claims = {name: value for name, value in (claims | changed).items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        "ü.ü.ü",
        "." * 5000,
        forged(key="f" * 32),
        forged(algorithm="HS384"),
        forged(key="", algorithm="none"),
        forged(aud="other"),
        forged(aud=None),
        forged(jti=None),
        forged(sub=None),
        forged()[:-2],
    ],
)
def test_a_token_of_somebody_else_is_refused(client: TestClient, token: str) -> None:
    answer = from_ditto(client, token)
    assert (answer.status_code, answer.json()) == (200, REFUSED)


@pytest.mark.parametrize("path", ["/login", "/ditto/auth"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"user": "\\ud800"', 400),
        (b"[" * 10_000, 400),
        (b"null", 422),
        (b"[]", 422),
        (b'"ann"', 422),
        (b"{}", 422),
        (b'{"user": 1, "password": 2, "token": 3}', 422),
        (b'{"user": null, "password": null, "token": null}', 422),
        (b'{"user": ["ann"], "password": {}, "token": []}', 422),
        (b'{"user": "", "password": "", "tokens": ""}', 422),
        (b" " * (16 * 1024 + 1), 413),
        (json.dumps({"user": "ann", "password": "x" * 20_000, "token": "x" * 20_000}), 413),
    ],
)
def test_what_is_no_request(client: TestClient, path: str, body: bytes, status: int) -> None:
    answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


def test_a_password_that_is_too_long_or_a_field_too_many(client: TestClient) -> None:
    assert client.post("/login", json={"user": "ann", "password": "x" * 257}).status_code == 422
    assert client.post("/login", json={**ANN, "admin": True}).status_code == 422


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "json"])
def test_another_type_of_content(client: TestClient, kind: str) -> None:
    answer = client.post("/login", content=json.dumps(ANN), headers={"Content-Type": kind})
    assert answer.status_code == 415


def test_the_type_may_name_its_characters(client: TestClient) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert client.post("/login", content=json.dumps(ANN), headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/login", 405),
        ("PUT", "/login", 405),
        ("GET", "/ditto/auth", 405),
        ("DELETE", "/ditto/auth", 405),
        ("POST", "/health", 405),
        ("GET", "/", 404),
        ("POST", "/login/ann", 404),
        ("GET", "/../users.json", 404),
    ],
)
def test_other_methods_and_places(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


def test_health(client: TestClient, users: UsersFile) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    users.path.write_text("{")
    assert client.get("/health").status_code == 503
    answer = client.post("/login", json=ANN)
    assert (answer.status_code, answer.json()) == (503, {"error": "Service Unavailable"})


def test_too_many_attempts_for_a_user(client: TestClient, users: UsersFile) -> None:
    for _ in range(OF_A_USER.amount):
        assert client.post("/login", json={**ANN, "password": "wrong"}).status_code == 401
    answer = client.post("/login", json=ANN)
    assert answer.status_code == 429
    assert 800 < int(answer.headers["retry-after"]) <= 15 * 60
    # Others are not held up.
    assert client.post("/login", json={"user": "bob", "password": BOB_PIN}).status_code == 200


def test_a_device_proves_itself_and_no_more(client: TestClient, tokens: Tokens) -> None:
    proof = client.post("/login", json=ANN).headers["zava-device"]
    # It is kept, is for one person, and opens nothing by itself.
    again = client.post("/login", json=ANN, headers={"Zava-Device": proof})
    assert again.headers["zava-device"] == proof
    assert from_ditto(client, proof).json() == REFUSED
    assert tokens.proven(proof, "ann") and not tokens.proven(proof, "bob")
    assert not tokens.proven(token_of(client), "ann")
    wrong = client.post("/login", json={**ANN, "password": "wrong"}, headers={"Zava-Device": proof})
    assert wrong.status_code == 401 and "zava-device" not in wrong.headers


def test_who_asks_when_the_users_cannot_be_read_has_not_failed(
    client: TestClient, users: UsersFile
) -> None:
    kept = users.path.read_bytes()
    users.path.write_text("{")
    for _ in range(OF_A_USER.amount + 1):
        assert client.post("/login", json=ANN).status_code == 503
    users.path.write_bytes(kept)
    assert client.post("/login", json=ANN).status_code == 200


def test_a_password_in_two_forms_of_unicode(
    client: TestClient, users: UsersFile, passwords: Passwords
) -> None:
    password = "\N{LATIN SMALL LETTER A WITH DIAERESIS}" * 256
    users.set_hash("ann", passwords.hash(password))
    for sent in (password, "a\N{COMBINING DIAERESIS}" * 256):
        assert client.post("/login", json={"user": "ann", "password": sent}).status_code == 200
    long = {"user": "ann", "password": "a\N{COMBINING DIAERESIS}" * 257}
    assert client.post("/login", json=long).status_code == 422


def test_who_knows_the_password_starts_anew(client: TestClient) -> None:
    for _ in range(3):
        for _ in range(OF_A_USER.amount - 1):
            assert client.post("/login", json={**ANN, "password": "wrong"}).status_code == 401
        assert client.post("/login", json=ANN).status_code == 200


async def test_the_work_on_a_password_holds_up_nobody_else(users: UsersFile) -> None:
    working, go_on = threading.Event(), threading.Event()

    class Slow(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            working.set()
            go_on.wait(10)
            return bool(super().verify(hash, password))

    passwords = Passwords(Slow(time_cost=1, memory_cost=8, parallelism=1))
    app = create_app(users, passwords, Tokens(SECRET))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://webhook") as client:
        login = asyncio.create_task(client.post("/login", json={"user": "x", "password": "y"}))
        try:
            assert await asyncio.to_thread(working.wait, 10)
            assert (await client.get("/health")).status_code == 200
            assert not login.done()
        finally:
            go_on.set()
        assert (await login).status_code == 401


def test_no_secret_is_in_a_log_or_an_error(
    client: TestClient, caplog: pytest.LogCaptureFixture, users: UsersFile
) -> None:
    caplog.set_level(logging.DEBUG)
    token = token_of(client)
    from_ditto(client, token)
    from_ditto(client, token)
    client.post(f"/login?password={ANN_PASSWORD}", json={**ANN, "extra": 1})
    client.get(f"/{ANN_PASSWORD}")
    client.post("/login", json={"user": ANN_PASSWORD, "password": ANN_PASSWORD})
    users.path.write_text('{"version": 1, "users": {"ann": {"hash": "$argon2id$geheim"}}}')
    client.post("/login", json=ANN)
    ours = "\n".join(
        r.getMessage() for r in caplog.records if r.name.startswith("connector_config")
    )
    assert "POST /login 200 from 192.0.2.7" in ours
    assert "POST /ditto/auth 200" in ours and "A token was refused: used before" in ours
    assert "POST /login 422" in ours and "GET elsewhere 404" in ours
    for secret in (ANN_PASSWORD, ANN_PASSWORD.split()[0], token, token.split(".")[2], "geheim"):
        assert secret not in ours


@pytest.mark.usefixtures("own_hashes")
def test_the_default_hashes_are_the_recommended_ones() -> None:
    made = Passwords().hash("long enough to pass")
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not Passwords(cheap_hasher()).verify("nonsense", "x")
