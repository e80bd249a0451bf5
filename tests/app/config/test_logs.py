"""The log: in the data folder, of limited size, and without a secret."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config.logs import start_log
from connector_config.log_lines import LogLines

TOKEN = "o2d1c2VyX2lkdGVzdA-token"
ADDRESS = "mongodb+srv://zava:p4ss@cluster0.example.net/retail"


@pytest.fixture(autouse=True)
def own_handlers() -> Iterator[None]:
    """What a test adds to the root logger is gone after it."""
    root = logging.getLogger()
    before, level, loud = list(root.handlers), root.level, logging.raiseExceptions
    yield
    for handler in root.handlers[:]:
        if handler not in before:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)
    logging.raiseExceptions = loud


def record(message: str, *arguments: object, error: bool = False) -> logging.LogRecord:
    """A record, with the exception that is being handled on request."""
    trace = sys.exc_info() if error else None
    return logging.LogRecord("zava", logging.ERROR, __file__, 1, message, arguments, trace)


@pytest.mark.parametrize(
    "text",
    [
        f"the token is {TOKEN}",
        f"twice {TOKEN}{TOKEN}",
        f"in a list: {[TOKEN, ADDRESS]!r}",
        f"connecting to {ADDRESS}",
    ],
)
def test_messages_hold_no_secret(text: str) -> None:
    lines = LogLines([TOKEN, ADDRESS, ""])
    for line in (lines.redact(text), lines.format(record("%s", text))):
        assert TOKEN not in line
        assert ADDRESS not in line
        assert "***" in line


def test_tracebacks_hold_no_secret() -> None:
    try:
        try:
            raise ValueError(f"bad token {TOKEN}")
        except ValueError as error:
            raise ConnectionError(ADDRESS) from error
    except ConnectionError:
        text = LogLines([TOKEN, ADDRESS]).format(record("failed", error=True))
    assert "ConnectionError: ***" in text
    assert "bad token ***" in text
    assert TOKEN not in text
    assert ADDRESS not in text


def test_a_secret_within_a_secret_leaves_no_rest() -> None:
    assert LogLines(["abc", "abcdef"]).redact("abcdef abc") == "*** ***"


def test_without_secrets_everything_stays() -> None:
    assert LogLines(["", ""]).redact("as it is") == "as it is"


def test_the_log_is_in_the_data_folder_without_secrets(tmp_path: Path) -> None:
    path, lines = start_log(tmp_path / "new", [TOKEN])
    assert path == tmp_path / "new" / "zava.log"
    logging.getLogger("zava.anything").info("hello %s", TOKEN)
    try:
        raise LookupError(TOKEN)
    except LookupError:
        logging.getLogger("another").exception("went wrong")
    text = path.read_text("utf-8")
    assert "INFO zava.anything: hello ***" in text
    assert "LookupError: ***" in text
    assert TOKEN not in text
    assert lines.redact(TOKEN) == "***"


def test_the_log_keeps_a_limited_size(tmp_path: Path) -> None:
    start_log(tmp_path, [])
    log = logging.getLogger("zava")
    for number in range(70):
        log.info("%s %s", number, "x" * 100_000)
    files = sorted(file.name for file in tmp_path.glob("zava.log*"))
    assert files == ["zava.log", "zava.log.1", "zava.log.2", "zava.log.3"]
    assert all(file.stat().st_size <= 1_000_000 for file in tmp_path.glob("zava.log*"))
    assert "69 xxx" in (tmp_path / "zava.log").read_text("utf-8")


def test_a_log_takes_any_text(tmp_path: Path) -> None:
    path, _ = start_log(tmp_path, [])
    logging.getLogger("zava").info("🔨 مطرقة \n %s", "100 %")
    assert "🔨 مطرقة" in path.read_text("utf-8")


def test_where_there_can_be_no_log_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.joinpath("zava.log").mkdir()
    start_log(tmp_path, [])
    logging.getLogger("zava").error("nobody reads this")
    assert capsys.readouterr().err == ""
