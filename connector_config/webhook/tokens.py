"""Short-lived signed tokens, which `/login` gives out and `/ditto/auth` takes once."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import jwt

from connector_config.errors import UserError
from connector_config.webhook.counts import Counts, Limit

SECRET_VARIABLE: Final = "ZAVA_WEBHOOK_SECRET"
SHORTEST_SECRET: Final = 32

# The device hands the token to Ditto at once; a slow network and clocks that differ need some.
LIFETIME_SECONDS: Final = 60

_ALGORITHM: Final = "HS256"
_AUDIENCE: Final = "ditto"
_DEVICE: Final = "zava-device"


class TokenError(Exception):
    """The token is not ours, or not to be used any more."""


class Tokens:
    """Issues and redeems tokens; for one process, as it remembers in memory which can be used.

    A token is forgotten when it is used or its lifetime is over, so memory follows the logins of a
    minute. What counts is how long ago this process issued it, whatever is done to the clock of the
    machine meanwhile. Those of an earlier process are refused: nobody knows which were used.
    """

    def __init__(self, secret: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the secret to sign with; `clock` gives seconds since whenever."""
        self._secret = secret
        self._open = Counts(Limit(1, LIFETIME_SECONDS), clock)

    def issue(self, name: str) -> str:
        """Make a token for a user who has just signed in."""
        number = secrets.token_urlsafe(16)
        self._open.add(number)
        now = time.time()
        # The times are for who reads a token; ours are those of `_open`.
        claims = {"sub": name, "aud": _AUDIENCE, "jti": number, "iat": now}
        return self._sign({**claims, "exp": now + LIFETIME_SECONDS})

    def redeem(self, token: str) -> str:
        """The name of a token's user; raises TokenError. A token can be redeemed once."""
        claims = self._read(token, _AUDIENCE)
        if claims is None:
            raise TokenError("not valid")
        if claims["jti"] not in self._open:
            raise TokenError("used before, too old, or of an earlier run")
        self._open.forget(claims["jti"])
        return str(claims["sub"])

    def proof(self, name: str) -> str:
        """What a device keeps to show at the next login that it has signed in this user before.

        It lets nobody in; it only keeps the failures of strangers from counting against it.
        """
        return self._sign({"sub": name, "aud": _DEVICE, "jti": secrets.token_urlsafe(16)})

    def proven(self, proof: str, name: str) -> str | None:
        """The device that a proof is of; None for one that is not of this user, or not ours."""
        claims = self._read(proof, _DEVICE)
        return str(claims["jti"]) if claims is not None and claims["sub"] == name else None

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._secret, algorithm=_ALGORITHM)

    def _read(self, token: str, audience: str) -> dict[str, Any] | None:
        try:
            return jwt.decode(
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                audience=audience,
                options={
                    "require": ["sub", "jti"],
                    # A clock that is set back makes them wrong.
                    "verify_iat": False,
                    "verify_exp": False,
                },
            )
        except (jwt.PyJWTError, ValueError):
            return None


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
