"""From the original's files to a MongoDB that is right: a catalogue and stores of one's own."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connector_config.mongodb.connection import MongoDatabase
from seed.cli import main
from tests.seed.test_transform import PRODUCT_DATA, REFERENCE

TODAY = date(2026, 11, 21)
# As the original has it: of no variant of RFC 4122.
REDMOND = "e7f8a9b0-c1d2-3e4f-5678-90abcdef1234"


def failed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[Any]]:
    capsys.readouterr()
    code = main(["validate", "--json", *arguments], TODAY)
    report = json.loads(capsys.readouterr().out)
    found = [one for one in report["outcomes"] if one["passed"] is False]
    return code, [(one["collection"], one["check"]) for one in found]


def test_ones_own_catalogue_is_right(
    database: MongoDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, reference = copy.deepcopy(PRODUCT_DATA), copy.deepcopy(REFERENCE)
    hammer = data["main_categories"]["HAND TOOLS"]["HAMMERS"][1]
    hammer.update({"image_path": "", "image_embedding": [], "stock_level": 0})
    seattle = reference["stores"]["Zava Retail Seattle"]
    reference["stores"]["Zava Retail Redmond"] = {**seattle, "rls_user_id": REDMOND}
    for name, content in (("product_data", data), ("reference_data", reference)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    out = str(tmp_path / "ours")
    files = [str(tmp_path / f"{name}_data.json") for name in ("product", "reference")]
    assert main(["transform", *files, "--out", out], TODAY) == 0
    few = ("--customers", "40", "--orders", "80")
    assert main(["generate", *few, "--catalogue", out], TODAY) == 0
    assert main(["indexes"], TODAY) == 0

    assert failed(capsys, "--catalogue", out, *few) == (0, [])
    code, without = failed(capsys)
    assert code == 1
    assert {check for _, check in without} == {"count"}
    assert main(["validate", "--catalogue", str(tmp_path)], TODAY) == 1
    assert "name a folder that zava-seed transform wrote" in capsys.readouterr().err
