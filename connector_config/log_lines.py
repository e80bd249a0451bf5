"""What a log may hold: lines that nobody forged, without a secret or a customer's field."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from itertools import compress, pairwise
from types import TracebackType
from typing import Final
from urllib.parse import quote, quote_plus, unquote, urlsplit

_HIDDEN: Final = "***"
# A shorter password would blacken what has nothing to do with it.
_SHORTEST_PASSWORD: Final = 4

# Errors quote the value that they stumbled over; a quote that does not end goes on to the end.
_QUOTED: Final = re.compile(
    r"""'(?:\\.|[^'\\\n])*(?:'|$)|"(?:\\.|[^"\\\n])*(?:"|$)""", re.MULTILINE
)
# How a traceback sets in a line of code, also in a group of errors.
_SET_IN: Final = ("    ", "  | ")
_PLACE: Final = re.compile(r'[ |]*File "[^"\n]*", line \d+')

_Error = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LogLines(logging.Formatter):
    """Formats records as lines in which every known secret is `***`.

    Control characters are escaped, so that a text from outside neither begins a line nor moves a
    cursor. Of errors stands where they were and what they are, but not the values that they quote.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        spelled = {text for secret in secrets for text in _spellings(secret) if text}
        self._secrets = sorted(spelled, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        shown = copy(record)
        if isinstance(record.args, Mapping):
            shown.args = {name: _argument(value) for name, value in record.args.items()}
        else:
            shown.args = tuple(map(_argument, record.args or ()))
        # Once before, because the escape changes a secret, and once after, as it may be spelled so.
        shown.msg, shown.args = _escaped(self.redact(shown.getMessage())), ()
        # What another handler made of the error is not ours.
        shown.exc_text = None
        return self.redact(super().format(shown))

    def formatException(self, ei: _Error) -> str:
        lines = self.redact(super().formatException(ei)).split("\n")
        # After a place stands the line of the program, which quotes nobody.
        ours = [
            bool(_PLACE.match(line) or (_PLACE.match(before) and line.startswith(_SET_IN)))
            for before, line in pairwise(("", *lines))
        ]
        code = "\n".join(compress(lines, ours))
        shown = (
            line if is_ours else _unquoted(line, code)
            for line, is_ours in zip(lines, ours, strict=True)
        )
        # Set in, because an error's text may have lines that look like the log's own.
        return "\n".join(f"  {_escaped(line)}" for line in shown)

    def redact(self, text: str) -> str:
        """The text without the secrets."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text


def _argument(value: object) -> object:
    return _unquoted(str(value)) if isinstance(value, BaseException) else value


def _unquoted(text: str, code: str = "") -> str:
    """The text without what it quotes, but for names that stand in quotes in the code as well."""

    def shown(quote: re.Match[str]) -> str:
        quoted = quote[0]
        name = quoted[1:-1]
        if name.isidentifier() and (f'"{name}"' in code or f"'{name}'" in code):
            return quoted
        return "'…'"

    return _QUOTED.sub(shown, text)


def _escaped(text: str) -> str:
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def _spellings(secret: str) -> Iterator[str]:
    for text in (secret, *_passwords(secret)):
        yield text
        yield repr(text)[1:-1]
        yield repr(text.encode(errors="replace"))[2:-1]
        yield json.dumps(text)[1:-1]
        yield json.dumps(text, ensure_ascii=False)[1:-1]
        yield _escaped(text)
        for safe in ("", "/"):
            yield quote(text, safe=safe, errors="replace")
            yield quote_plus(text, safe=safe, errors="replace")


def _passwords(address: str) -> Iterator[str]:
    """The password in the address of a server, as it is written there and as it is."""
    try:
        password = urlsplit(address).password or ""
    except ValueError:
        return
    for text in (password, unquote(password)):
        if len(text) >= _SHORTEST_PASSWORD:
            yield text
