"""What a failure of the link says and leads to: a pause, or that all is compared anew."""

from __future__ import annotations

import logging
from typing import Any, Final

from ditto import DittoError
from pymongo.errors import ConfigurationError, OperationFailure, PyMongoError
from tenacity import RetryCallState, wait_exponential_jitter

from connector_config.link.incoming import first_line
from connector_config.link.ready import RefusedError
from connector_config.link.state import Phase
from connector_config.link.stream import HistoryLostError, is_lost
from connector_config.mongodb.connection import MongoSettings
from connector_config.mongodb.explain import codes, passes

_log = logging.getLogger("zava.link")
_WAIT: Final = wait_exponential_jitter(multiplier=0.25, max=10, jitter=0.25)
# So often the link begins again from the same position in MongoDB's history.
_TIMES: Final = 3
# Nothing but another user or another right helps.
_RIGHTS: Final = frozenset({13, 18, 8000})


class Failures:
    """Remembers what failed where, from one exchange to the next."""

    def __init__(self, settings: MongoSettings) -> None:
        self._settings = settings
        self._position: Any = None
        self._times = 0
        self._worked = False
        self._compares = False

    def works(self) -> None:
        """The link is live; a pause after the next failure is a short one."""
        self._worked = True

    def compares(self, error: Exception, position: Any) -> bool:
        """Whether an exchange that began at a position of the stream ended for good.

        It is so where MongoDB does not know any more what changed since, and where something else
        than the way there or the store failed from the same position for the third time.
        """
        self._compares = _is_history(error) or self._is_third(error, position)
        if self._compares:
            self._position, self._times = None, 0
        return self._compares

    def _is_third(self, error: Exception, position: Any) -> bool:
        if position is None or _is_elsewhere(error):
            return False
        self._times = self._times + 1 if position == self._position else 1
        self._position = position
        if self._times > 1:
            # It works only up to there: the pauses get longer.
            self._worked = False
        return self._times >= _TIMES

    def pause(self, attempt: RetryCallState) -> float:
        """Seconds until the next try."""
        if self._worked:
            self._worked = False
            attempt.attempt_number = 1
        return float(_WAIT(attempt))

    def explained(self, error: BaseException | None) -> tuple[Phase, str]:
        """What it means for the link, in a sentence; what nobody expected is logged."""
        if isinstance(error, RefusedError):
            return Phase.REFUSED, str(error)
        if error is not None and _is_history(error):
            return (
                Phase.WAITING,
                "MongoDB no longer tells what changed since: everything is being compared.",
            )
        if isinstance(error, PyMongoError):
            words = self._settings.explain(error)
        elif isinstance(error, DittoError):
            words = f"The store of this device failed: {first_line(error).rstrip('.')}."
        else:
            _log.error("the link failed", exc_info=error)
            words = f"The link failed and begins again ({type(error).__name__})."
        if self._compares:
            words += f" It was the same {_TIMES} times: everything is being compared."
        return Phase.WAITING, words


def _is_history(error: BaseException) -> bool:
    return isinstance(error, HistoryLostError) or (
        isinstance(error, PyMongoError) and is_lost(error)
    )


def _is_elsewhere(error: Exception) -> bool:
    """Whether it is not what the stream told that failed, so that comparing would not help."""
    if isinstance(error, OperationFailure) and codes(error) & _RIGHTS:
        return True
    return isinstance(error, (ConfigurationError, DittoError, RefusedError)) or passes(error)
