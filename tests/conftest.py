"""Fixtures that every test folder shares."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from seed.demo import fill_demo
from seed.options import Options
from tests.dql.statements import Watcher, known
from tests.helpers.doors import look_at_doors
from tests.helpers.one_list import none_refused, refuse_two_lists
from tests.helpers.shared import copied, made_once

pytest_plugins = ["tests.helpers.mongodb", "tests.helpers.property_tests"]

DEMO_DAY = date(2026, 11, 20)
DEMO_SEED = 1


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_this_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _hasher() -> Iterator[type[PasswordHasher]]:
    """That of the product; a hash costs the least with which it is believed, a fifth of that."""
    least = partial(PasswordHasher, time_cost=5, memory_cost=7_168, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("argon2.PasswordHasher", least)
        yield PasswordHasher


@pytest.fixture
def own_hashes(monkeypatch: pytest.MonkeyPatch, _hasher: type[PasswordHasher]) -> None:
    """Hashes cost what they do in the product."""
    monkeypatch.setattr("argon2.PasswordHasher", _hasher)


@pytest.fixture(scope="session", autouse=True)
def _refused() -> Iterator[list[str]]:
    with pytest.MonkeyPatch.context() as patch:
        yield refuse_two_lists(patch)


@pytest.fixture(autouse=True)
def two_lists(_refused: list[str]) -> Iterator[list[str]]:
    """The statements with two lists that were refused; a test that leaves one here fails."""
    with none_refused(_refused):
        yield _refused


@pytest.fixture(scope="session", autouse=True)
def _watcher(request: pytest.FixtureRequest) -> Iterator[Watcher | None]:
    # By chance, as in a soak, come statements that no list can foresee.
    watcher = None if request.config.getoption("soak") else Watcher(known())
    with pytest.MonkeyPatch.context() as patch:
        if watcher is not None:
            look_at_doors(patch, watcher.see)
        yield watcher


@pytest.fixture(autouse=True)
def _known_statements(_watcher: Watcher | None) -> Iterator[None]:
    yield
    if _watcher is not None:
        _watcher.none_missed()


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo data, filled once; copy it, never open it."""

    def fill(folder: Path) -> None:
        asyncio.run(fill_demo(folder, DEMO_SEED, DEMO_DAY, lambda *_: None))

    return made_once("demo", fill, tmp_path_factory)


@pytest.fixture(scope="session")
def small_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same stores and goods with few customers and orders: a quarter of the bytes."""

    def fill(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("seed.demo.Options", partial(Options, customers=200, orders=300))
            asyncio.run(fill_demo(folder, DEMO_SEED, DEMO_DAY, lambda *_: None))

    return made_once("small", fill, tmp_path_factory)


@pytest.fixture
def small_dir(small_template: Path, tmp_path: Path) -> Iterator[Path]:
    """A data folder of one's own with the small demo."""
    with copied(small_template, tmp_path / "data") as folder:
        yield folder


@pytest.fixture
def demo_dir(demo_template: Path, tmp_path: Path) -> Iterator[Path]:
    """A data folder of one's own with the demo data."""
    with copied(demo_template, tmp_path / "data") as folder:
        yield folder
