"""Short-lived signed tokens, which `/login` gives out and `/ditto/auth` takes once."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Final

import jwt
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from connector_config.errors import UserError

SECRET_VARIABLE: Final = "ZAVA_WEBHOOK_SECRET"
SHORTEST_SECRET: Final = 32

# The device hands the token to Ditto at once; a slow network and clocks that differ need some.
LIFETIME_SECONDS: Final = 60

_ALGORITHM: Final = "HS256"
_AUDIENCE: Final = "ditto"


class TokenError(Exception):
    """The token is not ours, has expired, or was used before."""


class Tokens:
    """Issues and redeems tokens; for one process, as it remembers in memory what was used.

    A used token is forgotten after its lifetime, and only issued tokens are remembered, so memory
    follows the logins of a minute. Tokens of an earlier process are refused, because it is not
    known which of them were used.
    """

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        """Take the secret to sign with; `clock` gives seconds since 1970."""
        self._secret = secret
        self._clock = clock
        self._started = clock()
        self._uses = MovingWindowRateLimiter(MemoryStorage())
        # One use in a lifetime, which every token has ended by then.
        self._once = RateLimitItemPerSecond(1, LIFETIME_SECONDS)

    def issue(self, name: str) -> str:
        """Make a token for a user who has just signed in."""
        now = self._clock()
        claims = {
            "sub": name,
            "aud": _AUDIENCE,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": secrets.token_urlsafe(16),
        }
        return jwt.encode(claims, self._secret, algorithm=_ALGORITHM)

    def redeem(self, token: str) -> str:
        """The name of a token's user; raises TokenError. A token can be redeemed once."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": ["sub", "iat", "exp", "jti"]},
            )
        except (jwt.PyJWTError, ValueError):
            raise TokenError("not valid") from None
        if claims["iat"] < self._started:
            raise TokenError("of an earlier run")
        if not self._uses.hit(self._once, claims["jti"]):
            raise TokenError("used before")
        return str(claims["sub"])


def given_secret(variables: Mapping[str, str]) -> str:
    """The signing secret of the settings; raises UserError when there is none, or a short one."""
    secret = variables.get(SECRET_VARIABLE, "")
    if len(secret.encode()) < SHORTEST_SECRET:
        what = "is too short" if secret else "is not set"
        raise UserError(
            f"{SECRET_VARIABLE} {what}: put at least {SHORTEST_SECRET} random characters into "
            ".env, such as what `openssl rand -hex 32` prints."
        )
    return secret
