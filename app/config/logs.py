"""A rotating log file in the data folder that never holds a secret."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from connector_config.log_lines import LogLines

LOG_NAME = "zava.log"


def start_log(data_dir: Path, secrets: Iterable[str]) -> tuple[Path, LogLines]:
    """Log to LOG_NAME in the data folder, 1 MB a file, three old ones kept.

    Where the file cannot be written there is no log: that alone keeps nobody from working.
    """
    path = data_dir / LOG_NAME
    lines = LogLines(secrets)
    handler: logging.Handler
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(lines)
    # A full disk must not print a traceback for each line.
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    return path, lines
