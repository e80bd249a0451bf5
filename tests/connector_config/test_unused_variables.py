"""Variables that others use are named where they are set for nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.doctor import NOTE, examine
from app.settings import load_settings
from connector_config.mongodb.findings import Level
from connector_config.unused_variables import UNUSED
from seed.cli import PROGRAM
from seed.mongo.check import check
from tests.helpers.programs import ROOT


@pytest.fixture
def dotenv(tmp_path: Path) -> Path:
    """A file in which each of them is set."""
    file = tmp_path / ".env"
    file.write_text("".join(f"{name}=secret-value\n" for name in UNUSED), "utf-8")
    return file


def test_doctor_and_check_name_each_with_what_to_do_instead(dotenv: Path, tmp_path: Path) -> None:
    settings = load_settings(str(tmp_path / "data"), environment={}, dotenv=dotenv)
    of_doctor = {one.subject: one for one in examine(settings)}
    of_check = {one.about: one for one in check({}, dotenv)}
    for name, instead in UNUSED.items():
        assert (of_doctor[name].level, of_doctor[name].fix) == (NOTE, instead)
        assert of_check[name].level is Level.WARN
        assert instead in of_check[name].message
    assert "secret-value" not in f"{of_doctor}{of_check}{settings!r}"


def test_what_is_not_set_is_not_named(tmp_path: Path) -> None:
    given = {"DITTO_APP_ID": "x"}
    settings = load_settings(str(tmp_path), environment=given, dotenv=tmp_path / "nowhere")
    assert settings.unused == ()


def test_what_to_do_instead_is_there() -> None:
    sample = (ROOT / ".env.sample").read_text("utf-8")
    parser = PROGRAM._parser(["generate"])
    options = parser._actions[-1].choices["generate"].format_help()  # type: ignore[index]
    for name, instead in UNUSED.items():
        assert f"#{name}=" not in sample, "it is one of ours by now"
        ours = re.findall(r"\b(?:DITTO|MONGODB|ZAVA|AZURE)_[A-Z_]+", instead)
        flags = re.findall(r"--\w+", instead)
        assert ours or flags
        assert all(f"#{one}=" in sample for one in ours)
        assert all(one in options for one in flags)
