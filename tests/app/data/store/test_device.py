"""A data folder has one device id, made once."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from app.data.store.device import load_device


def test_a_device_keeps_its_id(tmp_path: Path) -> None:
    device = load_device(tmp_path)
    assert str(uuid.UUID(device.device_id)) == device.device_id
    assert device.name
    assert load_device(tmp_path) == device


def test_two_folders_are_two_devices(tmp_path: Path) -> None:
    for name in ("a", "b"):
        tmp_path.joinpath(name).mkdir()
    assert load_device(tmp_path / "a").device_id != load_device(tmp_path / "b").device_id


@pytest.mark.parametrize("content", [b"", b"not an id\n", b"\xff\xfe\x00", b"\n\n"])
def test_a_damaged_id_is_made_anew(tmp_path: Path, content: bytes) -> None:
    tmp_path.joinpath("device-id").write_bytes(content)
    device = load_device(tmp_path)
    assert str(uuid.UUID(device.device_id)) == device.device_id
    assert load_device(tmp_path) == device
