"""`zava-seed generate` with a small data set, for the tests of what it does and what stops it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from connector_config.mongodb.connection import MongoDatabase
from seed.cli import main
from seed.data_set import MONGO_DATA_SET
from seed.options import Options

TODAY = date(2026, 11, 21)
SMALL_SET = ("--customers", "200", "--orders", "500", "--from", "2026-01-01")
CONTENT = Options(start=date(2026, 1, 1), end=TODAY, customers=200, orders=500)

Documents = dict[str, dict[Any, dict[str, Any]]]


def everything(database: MongoDatabase) -> Documents:
    return {
        name: {found["_id"]: found for found in database[name].find()} for name in MONGO_DATA_SET
    }


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["generate", *arguments], TODAY)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def assert_one_line(text: str) -> None:
    assert text.startswith("zava-seed: ") and text.count("\n") == 1
    assert "Traceback" not in text
