"""The model of this machine, and the index that asks it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from connector_config.errors import UserError
from connector_config.search import model as model_module
from connector_config.search.meaning import MeaningIndex
from connector_config.search.model import DIMENSIONS, Model, load_model

GOODS = {
    "anchor": "bolts anchors. Toggle Bolts. They hold a heavy mirror or picture on drywall.",
    "light": "lighting. Security Light. It turns on when its sensor notices somebody moving.",
    "melt": "winter outdoor. Ice Melt Pellets. They melt snow and ice on driveways.",
}


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


@pytest.fixture
def index(model: Model) -> MeaningIndex:
    made = MeaningIndex(model)
    made.put([made.read(GOODS)])
    return made


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("something to hang heavy pictures on a wall", "anchor"),
        ("light that turns on when someone walks by", "light"),
        ("MELT ICE ON THE DRIVEWAY", "melt"),
    ],
)
def test_it_finds_what_is_meant(index: MeaningIndex, question: str, best: str) -> None:
    assert index.like(question, 2)[0] == best


@pytest.mark.parametrize("question", ["", "   ", "\ud83d", "how do I file my taxes"])
def test_what_nothing_is_like_finds_nothing(index: MeaningIndex, question: str) -> None:
    assert index.like(question, 5) == []


def test_products_change_arrive_and_go(index: MeaningIndex) -> None:
    changed = index.read({"light": GOODS["melt"]}), index.read({"new": GOODS["anchor"]})
    index.put(changed, gone={"anchor", "never there"})
    assert len(index) == 3
    assert set(index.like("melt ice on the driveway", 2)) == {"light", "melt"}
    assert index.like("something to hang heavy pictures on a wall", 1) == ["new"]
    index.put([], gone=set(GOODS) | {"new"})
    assert index.like("melt ice", 5) == [] and len(index) == 0


def test_vectors_have_length_one_or_none(model: Model) -> None:
    made = model.vectors(["hammer", "", "x" * 100_000])
    assert made.shape == (3, DIMENSIONS)
    assert np.linalg.norm(made, axis=1) == pytest.approx([1, 0, 1])


@pytest.mark.parametrize("library", ["tokenizers", "safetensors.numpy", "wordllama", "numpy"])
def test_a_library_that_is_missing_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    if library == "numpy":
        monkeypatch.delitem(sys.modules, "safetensors.numpy", raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UserError, match=r"\(.* is not installed\): run `make venv`"):
        load_model()


@pytest.mark.parametrize("damage", ["weights", "tokenizers", "cut", "gone"])
def test_files_that_are_damaged_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: str
) -> None:
    folder = model_module._folder()
    for name in ("weights", "tokenizers"):
        shutil.copytree(folder / name, tmp_path / name)
    weights = tmp_path / model_module._WEIGHTS
    if damage == "gone":
        weights.unlink()
    elif damage == "cut":
        weights.write_bytes(weights.read_bytes()[:10_000])
    else:
        next((tmp_path / damage).glob("l2_*")).write_text("{}")
    monkeypatch.setattr(model_module, "_folder", lambda: tmp_path)
    with pytest.raises(UserError, match=r"\(its files are damaged\)"):
        load_model()
