"""The three endpoints of the auth webhook.

    POST /login       {"user": "ann", "password": "…"}  →  {"token": "…", "expirationSeconds": 60}
    POST /ditto/auth  what Ditto Cloud sends, with that token  →  the user and the permissions
    GET  /health      {"status": "ok"}

A login answers with a header Zava-Device, too: the device sends it along with its next login, and
so is not held up by what others guess.

What cannot be answered has a status and a word: 400 no JSON, 401 wrong user or password, 404, 405,
408 too slow, 413 too large, 415 not JSON by its type, 422 another shape, 429 too many attempts
(with Retry-After), 503 the users cannot be read. A token that is not taken is no such error: to
Ditto that is 200 with `{"authenticated": false}`. The log has method, path, status and address.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final, TypeVar

from anyio import CapacityLimiter, to_thread
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connector_config.cloud.permissions import ditto_permissions
from connector_config.errors import UserError
from connector_config.webhook.attempts import Attempts
from connector_config.webhook.passwords import LONGEST, Passwords, composed
from connector_config.webhook.proxies import Proxies
from connector_config.webhook.tokens import LIFETIME_SECONDS, TokenError, Tokens
from connector_config.webhook.users import User, Users

# A working day: what a user may do reaches a device only when it signs in again.
SESSION_SECONDS: Final = 8 * 60 * 60

_LARGEST_BODY: Final = 16 * 1024
_BODY_SECONDS: Final = 10.0
_PATHS: Final = ("/login", "/ditto/auth", "/health")
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_DEVICE_HEADER: Final = "Zava-Device"
# A character may be sent as a letter and its accents.
_LONGEST_SENT: Final = 4 * LONGEST
_NO_STORE: Final = {"Cache-Control": "no-store"}

_log = logging.getLogger(__name__)


def _not_too_long(password: str) -> str:
    if len(composed(password)) > LONGEST:
        raise ValueError("too long")
    return password


class _Login(BaseModel):
    """What a device sends."""

    model_config = ConfigDict(extra="forbid", strict=True)

    user: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    password: Annotated[
        str,
        StringConstraints(min_length=1, max_length=_LONGEST_SENT),
        AfterValidator(_not_too_long),
    ]


class _DittoRequest(BaseModel):
    """What Ditto sends; of its other fields (app or database id, provider) nothing is needed."""

    model_config = ConfigDict(extra="ignore", strict=True)

    token: str


_Body = TypeVar("_Body", bound=BaseModel)


@dataclass(frozen=True)
class Webhook:
    """The endpoints, and what they share for the life of the process."""

    users: Users
    passwords: Passwords
    tokens: Tokens
    attempts: Attempts
    proxies: Proxies
    # Each check of a password takes 64 MiB and a core.
    checks: CapacityLimiter

    async def login(self, request: Request) -> Response:
        """Take a password and give a token."""
        body = await _body(request, _Login)
        shown = request.headers.get(_DEVICE_HEADER, "")
        device = self.tokens.proven(shown, body.user)
        async with self.checks:
            # Counted here, so that many right ones that wait for their turn are no failures.
            attempt = self.attempts.begin(self.proxies.client(request.scope), body.user, device)
            if attempt.wait:
                wait = {"Retry-After": str(attempt.wait)}
                raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers=wait)
            try:
                knows = await to_thread.run_sync(self._knows, body.user, body.password)
            except BaseException:  # nobody found out whether it was right
                attempt.take_back()
                raise
            if not knows:
                raise HTTPException(HTTPStatus.UNAUTHORIZED)
            self.attempts.succeeded(attempt)
        token = self.tokens.issue(body.user)
        answer = {"token": token, "expirationSeconds": LIFETIME_SECONDS}
        proof = shown if device else self.tokens.proof(body.user)
        return JSONResponse(answer, headers={**_NO_STORE, _DEVICE_HEADER: proof})

    async def ditto_auth(self, request: Request) -> Response:
        """Tell Ditto who a token is of, and what that user may do."""
        body = await _body(request, _DittoRequest)
        try:
            name = self.tokens.redeem(body.token)
        except TokenError as error:
            _log.warning("A token was refused: %s.", error)
            return _refused()
        user = (await to_thread.run_sync(self.users.read)).get(name)
        if user is None:  # removed since
            return _refused()
        return JSONResponse(_accepted(name, user), headers=_NO_STORE)

    async def health(self, request: Request) -> Response:
        """Say whether somebody could sign in."""
        await to_thread.run_sync(self.users.read)
        return JSONResponse({"status": "ok"}, headers=_NO_STORE)

    def _knows(self, name: str, password: str) -> bool:
        user = self.users.read().get(name)
        return self.passwords.verify(user.hash if user else None, password)


def create_app(
    users: Users, passwords: Passwords, tokens: Tokens, proxies: Proxies | None = None
) -> ASGIApp:
    """The ASGI application; by default there is no proxy before it."""
    proxies = proxies or Proxies()
    webhook = Webhook(users, passwords, tokens, Attempts(), proxies, CapacityLimiter(2))
    app = Starlette(
        routes=[
            Route("/login", webhook.login, methods=["POST"]),
            Route("/ditto/auth", webhook.ditto_auth, methods=["POST"]),
            Route("/health", webhook.health, methods=["GET"]),
        ],
        exception_handlers={HTTPException: _error, UserError: _unavailable},
    )
    return _Logged(app, proxies)


def _accepted(name: str, user: User) -> dict[str, Any]:
    """The answer in Ditto's form; every peer sees the metadata, this device the client info."""
    about = {"role": user.role, "stores": user.stores}
    return {
        "authenticated": True,
        "userID": name,
        "expirationSeconds": SESSION_SECONDS,
        "clientInfo": about,
        "identityServiceMetadata": {"user": name, **about},
        "permissions": ditto_permissions(user.role, user.stores),
    }


def _refused() -> Response:
    return JSONResponse({"authenticated": False}, headers=_NO_STORE)


async def _body(request: Request, model: type[_Body]) -> _Body:
    """The body as one of these; raises HTTPException."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    content = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in request.stream():
                content += chunk
                if len(content) > _LARGEST_BODY:
                    raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except TimeoutError:
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT) from None
    except ClientDisconnect:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None
    try:
        return model.model_validate_json(bytes(content))
    except ValidationError as error:
        # Nothing of it is repeated: it may hold a password.
        no_json = any(problem["type"] == "json_invalid" for problem in error.errors())
        status = HTTPStatus.BAD_REQUEST if no_json else HTTPStatus.UNPROCESSABLE_ENTITY
        raise HTTPException(status) from None


async def _error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _word(error.status_code, error.headers)


async def _unavailable(request: Request, error: Exception) -> Response:
    _log.error("Nobody can sign in: %s", error)
    return _word(HTTPStatus.SERVICE_UNAVAILABLE)


def _word(status: int, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(
        {"error": HTTPStatus(status).phrase}, status, headers={**_NO_STORE, **(headers or {})}
    )


class _Logged:
    """Logs a line for each request: nothing of the query, the headers or the body."""

    def __init__(self, app: ASGIApp, proxies: Proxies) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                # People do type a password into the wrong field.
                path = scope["path"] if scope["path"] in _PATHS else "elsewhere"
                method = scope["method"] if scope["method"] in _METHODS else "OTHER"
                address = self._proxies.client(scope)
                _log.info("%s %s %s from %s", method, path, message["status"], address)
            await send(message)

        await self._app(scope, receive, noted if scope["type"] == "http" else send)
