"""A log tells what failed, and nothing of a secret or a customer."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from connector_config.log_lines import LogLines

SECRET = "pä\x07ss w\\o'r\"d\n+%40"
URI = "mongodb://zava:p%40ss+word@db.example:27017/?tls=true"


def record(message: str, *arguments: object, error: BaseException | None = None) -> str:
    trace = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("zava", logging.ERROR, __file__, 1, message, arguments, trace)
    # As another handler leaves it.
    made.exc_text = "Ann Smith" if error else None
    return LogLines([SECRET, URI]).format(made)


def failed(fail: Callable[[], object]) -> BaseException:
    try:
        fail()
    except Exception as error:
        return error
    raise AssertionError("it did not fail")


@pytest.mark.parametrize(
    "text",
    ["\x1b[2J", "\x9b31m", "\r", "\n2026-11-30 10:00:00,000 INFO zava: forged", "\u202e\u2028"],
)
def test_a_line_stays_a_line_without_control_characters(text: str) -> None:
    for line in (record(f"said {text}"), record("said %s", text), record("%(x)s", {"x": text})):
        assert line.isprintable()
        assert repr(text)[1:-1] in line


@pytest.mark.parametrize(
    "form",
    [
        str,
        repr,
        lambda text: str([text]),
        json.dumps,
        lambda text: json.dumps(text, ensure_ascii=False),
        quote,
        lambda text: quote(text, safe=""),
        quote_plus,
        lambda text: str(text.encode()),
    ],
)
def test_a_secret_is_hidden_in_every_spelling(form: Callable[[str], str]) -> None:
    for secret in (SECRET, URI, "p@ss+word", "p%40ss+word"):
        line = record("refused: %s", form(secret))
        assert "***" in line
        for part in ("ss w", "o'r", "p@ss", "p%40ss", "%20w", "ss+w"):
            assert part not in line


def test_an_error_says_where_and_not_about_whom() -> None:
    class Customer(BaseModel):
        age: int

    name, phone = "Ann O'Hara", "(212) 555-0147"
    nothing: dict[str, str] = {}
    nobody: list[str] = []
    errors = [
        failed(lambda: float(name)),
        failed(lambda: nothing[name]),
        failed(lambda: nothing[f'{name} "x"']),
        failed(lambda: int(phone)),
        failed(lambda: Customer.model_validate({"age": name})),
        failed(lambda: Customer.model_validate_json(json.dumps({"age": phone}))),
        failed(lambda: nobody.index(name)),
    ]
    for error in errors:
        for line in (record("it failed", error=error), record("it failed: %s", error)):
            assert "Hara" not in line and "Ann" not in line and "0147" not in line
            assert "it failed" in line
        text = record("it failed", error=error)
        assert type(error).__name__ in text and f'File "{__file__}", line ' in text


def test_a_field_that_the_code_names_is_said() -> None:
    document = {"Ann": 1}
    error = failed(lambda: document["store_name"])
    text = record("it failed", error=error)
    assert "KeyError: 'store_name'" in text and 'document["store_name"]' in text
    assert "'store_name'" not in record(
        "it failed", error=failed(lambda: document["store_" + "name"])
    )


def test_a_traceback_does_not_forge_lines() -> None:
    error = failed(lambda: exec("raise ValueError('a\\n2026-11-30 INFO zava: forged \\x1b[2J')"))
    lines = record("it failed", error=error).splitlines()
    assert len(lines) > 2 and all(line.startswith("  ") for line in lines[1:])
    assert all(line.isprintable() for line in lines)


@given(st.text(max_size=40))
def test_any_text(text: str) -> None:
    for line in (record("%s", text), LogLines([text]).format(logging.makeLogRecord({"msg": text}))):
        assert len(line.splitlines()) == 1 and line.isprintable()


def test_it_does_not_change_the_record_for_others() -> None:
    made = logging.LogRecord("zava", logging.INFO, __file__, 1, "a\n%s", ("b\n",), sys.exc_info())
    LogLines([]).format(made)
    assert made.getMessage() == "a\nb\n"
