"""The codes in the keys of a burst: what a scanner puts around them, and which are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.ui.core.burst import Key, codes_apart, signs_of, start_of_code
from app.ui.core.scanner_settings import ScannerSettings


@dataclass(slots=True)
class CodeReader:
    """How the scanner is set, and what tells a code that a person could have typed from a text."""

    settings: ScannerSettings
    is_known: Callable[[str], bool]

    def start(
        self, keys: Sequence[Key], *, in_text: bool, ended_after_ms: int | None = None
    ) -> int | None:
        """Where a code begins; None where a person typed all of it. See `start_of_code`."""
        return start_of_code(keys, self._is_code, in_text=in_text, ended_after_ms=ended_after_ms)

    def code_of(self, keys: Sequence[Key]) -> str:
        """The code that keys add up to."""
        return self.settings.stripped(signs_of(keys).strip(" \t\r\n"))

    def codes_of(self, keys: Sequence[Key]) -> list[str]:
        """The codes that came without an end between them."""
        return [self.code_of(one) for one in codes_apart(keys, self._is_code)]

    def whole_of(self, first: Sequence[Key], rest: Sequence[Key]) -> str:
        """The known code that began before a pause; "" where the rest is a code, or neither is."""
        whole = self.code_of([*first, *rest])
        return whole if self.is_known(whole) and not self.is_known(self.code_of(rest)) else ""

    def is_next(self, code: str, before: str) -> bool:
        """Whether this is the code behind another one, and not the rest of it."""
        # A short code may be what is left of a longer one.
        return self.is_known(code) and not self.is_known(before + code)

    def _is_code(self, text: str) -> bool:
        return self.is_known(self.settings.stripped(text))
