"""The name and the id that this installation has in the ledger."""

from __future__ import annotations

import platform
import uuid
from pathlib import Path

from app.domain.entities import Device


def load_device(data_dir: Path) -> Device:
    """The device of a data folder; its id is made on the first start and then kept."""
    path = data_dir / "device-id"
    try:
        device_id = str(uuid.UUID(path.read_text(encoding="utf-8").strip()))
    except (FileNotFoundError, ValueError):
        device_id = str(uuid.uuid4())
        path.write_text(device_id + "\n", encoding="utf-8")
    return Device(device_id, platform.node() or "this computer")
