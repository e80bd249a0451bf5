"""The three endpoints of the auth webhook.

    POST /login       {"user": "ann", "password": "…"}  →  {"token": "…", "expirationSeconds": 60}
    POST /ditto/auth  what Ditto Cloud sends, with that token  →  the user and the permissions
    GET  /health      {"status": "ok"}

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
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connector_config.cloud.permissions import ditto_permissions
from connector_config.errors import UserError
from connector_config.webhook.attempts import Attempts
from connector_config.webhook.passwords import LONGEST, Passwords
from connector_config.webhook.tokens import LIFETIME_SECONDS, TokenError, Tokens
from connector_config.webhook.users import User, UsersFile

# A working day: what a user may do reaches a device only when it signs in again.
SESSION_SECONDS: Final = 8 * 60 * 60

_LARGEST_BODY: Final = 16 * 1024
_BODY_SECONDS: Final = 10.0
_PATHS: Final = ("/login", "/ditto/auth", "/health")
_NO_STORE: Final = {"Cache-Control": "no-store"}

_log = logging.getLogger(__name__)


class _Login(BaseModel):
    """What a device sends."""

    model_config = ConfigDict(extra="forbid", strict=True)

    user: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]


class _DittoRequest(BaseModel):
    """What Ditto sends; of its other fields (app or database id, provider) nothing is needed."""

    model_config = ConfigDict(extra="ignore", strict=True)

    token: str


_Body = TypeVar("_Body", bound=BaseModel)


@dataclass(frozen=True)
class Webhook:
    """The endpoints, and what they share for the life of the process."""

    users: UsersFile
    passwords: Passwords
    tokens: Tokens
    attempts: Attempts
    # Each check of a password takes 64 MiB and a core.
    threads: CapacityLimiter

    async def login(self, request: Request) -> Response:
        """Take a password and give a token."""
        body = await _body(request, _Login)
        address = request.client.host if request.client else ""
        if seconds := self.attempts.wait(address, body.user):
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(seconds)})
        if not await to_thread.run_sync(
            self._knows, body.user, body.password, limiter=self.threads
        ):
            raise HTTPException(HTTPStatus.UNAUTHORIZED)
        self.attempts.succeeded(body.user)
        token = self.tokens.issue(body.user)
        answer = {"token": token, "expirationSeconds": LIFETIME_SECONDS}
        return JSONResponse(answer, headers=_NO_STORE)

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


def create_app(users: UsersFile, passwords: Passwords, tokens: Tokens) -> ASGIApp:
    """The ASGI application."""
    webhook = Webhook(users, passwords, tokens, Attempts(), CapacityLimiter(2))
    app = Starlette(
        routes=[
            Route("/login", webhook.login, methods=["POST"]),
            Route("/ditto/auth", webhook.ditto_auth, methods=["POST"]),
            Route("/health", webhook.health, methods=["GET"]),
        ],
        exception_handlers={HTTPException: _error, UserError: _unavailable},
    )
    return _Logged(app)


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

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                # People do type a password into the wrong field.
                path = scope["path"] if scope["path"] in _PATHS else "elsewhere"
                address = (scope.get("client") or ("nobody", 0))[0]
                _log.info("%s %s %s from %s", scope["method"], path, message["status"], address)
            await send(message)

        await self._app(scope, receive, noted if scope["type"] == "http" else send)
