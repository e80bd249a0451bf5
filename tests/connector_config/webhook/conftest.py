"""A webhook with two people, and hashes that cost next to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from connector_config.webhook.passwords import Passwords
from connector_config.webhook.server import create_app
from connector_config.webhook.tokens import Tokens
from connector_config.webhook.users import User, UsersFile

SECRET = "0123456789abcdef" * 3
ANN_PASSWORD = "correct horse battery"
BOB_PIN = "493027"


def cheap_hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return Passwords(cheap_hasher())


@pytest.fixture
def users(tmp_path: Path, passwords: Passwords) -> UsersFile:
    file = UsersFile(tmp_path / "users.json")
    file.add("ann", User(role="worker", stores=["store_tacoma"], hash=passwords.hash(ANN_PASSWORD)))
    file.add("bob", User(role="super_manager", stores=[], hash=passwords.hash(BOB_PIN)))
    return file


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(SECRET)


@pytest.fixture
def client(users: UsersFile, passwords: Passwords, tokens: Tokens) -> Iterator[TestClient]:
    """A device, and Ditto as well."""
    with TestClient(create_app(users, passwords, tokens), client=("192.0.2.7", 50000)) as made:
        yield made
