"""A rotating log file in the data folder that never holds a secret."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_NAME = "zava.log"


class Redaction(logging.Formatter):
    """Formats records, tracebacks included, with every known secret replaced by `***`."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        return self.redact(super().format(record))

    def redact(self, text: str) -> str:
        """The text without the secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def start_log(data_dir: Path, secrets: Iterable[str]) -> tuple[Path, Redaction]:
    """Log to LOG_NAME in the data folder, 1 MB a file, three old ones kept.

    Where the file cannot be written there is no log: that alone keeps nobody from working.
    """
    path = data_dir / LOG_NAME
    redaction = Redaction(secrets)
    handler: logging.Handler
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(redaction)
    # A full disk must not print a traceback for each line.
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    return path, redaction
