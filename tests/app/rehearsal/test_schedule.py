"""Script files: what is wrong in one is said with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.rehearsal.schedule import read_script
from connector_config.errors import DataFileError

GOOD = """\
about: Ann sells one
peers: {ann: store_seattle}
stock: {1: 3}
steps:
  - {do: sell, peer: ann, item: 1, quantity: 1}
  - do: at_once
    steps:
      - {do: offline, peer: ann}
expect:
  - {item: 1, on_hand: 2}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "script.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_script_is_read(tmp_path: Path):
    script = read_script(write(tmp_path, GOOD))
    assert [[step.do for step in moment] for moment in script.moments()] == [["sell"], ["offline"]]
    assert script.stock == {1: 3}


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("do: sell", "do: steal", 5),
        ("quantity: 1", "quantity: 0", 5),
        ("quantity: 1", "quantity: one", 5),
        (", quantity: 1", "", 5),
        ("item: 1, quantity", "item: 21, quantity", 5),
        ("peer: ann, item", "peer: eve, item", 5),
        ("do: offline, peer: ann", "do: offline, peer: eve", 6),
        ("store_seattle", "store_nowhere", 2),
        ("stock:", "stocks:", 3),
        ("about: Ann", "about: [Ann", 2),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, before: str, after: str, line: int):
    assert before in GOOD
    with pytest.raises(DataFileError) as caught:
        read_script(write(tmp_path, GOOD.replace(before, after, 1)))
    assert str(caught.value).startswith(f"script.yaml, line {line}: ")
    assert "\n" not in str(caught.value)


def test_a_missing_script_is_said(tmp_path: Path):
    with pytest.raises(DataFileError, match="cannot be read"):
        read_script(tmp_path / "none.yaml")
