"""The credentials that this device shows Ditto Cloud to be let in."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from app.data.sync.device_proofs import DeviceProofs
from app.data.sync.network import DEVELOPMENT
from app.domain.errors import SyncError

_SECONDS = 10.0
_LONGEST_ANSWER = 64_000
_DEVICE_HEADER = "Zava-Device"


class Credentials(Protocol):
    """Gives a login token; it is asked anew whenever the login expires."""

    @property
    def provider(self) -> str:
        """The name of the provider that checks the token."""
        ...

    async def token(self) -> str:
        """A token to log in with; raises SyncError where there is none."""
        ...


@dataclass(frozen=True)
class DevelopmentToken:
    """The development token of the portal: everybody who has it may read and write everything."""

    value: str = field(repr=False)
    provider: str = DEVELOPMENT

    async def token(self) -> str:
        return self.value


@dataclass(frozen=True)
class WebhookLogin:
    """A person's name and password, for which the auth webhook gives short-lived tokens.

    The proofs say which device asks. Name and password are kept in memory until the person signs
    out or the program ends, never on disk.
    """

    url: str
    user: str
    password: str = field(repr=False)
    provider: str
    proofs: DeviceProofs

    async def token(self) -> str:
        return await asyncio.get_running_loop().run_in_executor(None, self._post)

    def _post(self) -> str:
        body = json.dumps({"user": self.user, "password": self.password}).encode()
        request = Request(
            f"{self.url.rstrip('/')}/login", body, {"Content-Type": "application/json"}
        )
        if proof := self.proofs.of(self.user):
            request.add_header(_DEVICE_HEADER, proof)
        try:
            with urlopen(request, timeout=_SECONDS) as answer:
                token = json.loads(answer.read(_LONGEST_ANSWER))["token"]
                proof = answer.headers.get(_DEVICE_HEADER, "")
        except HTTPError as error:
            error.close()
            raise _refusal(error.code) from None
        except (URLError, OSError):
            raise SyncError(
                "The login server at ZAVA_AUTH_URL does not answer.", again=True
            ) from None
        except (ValueError, KeyError, TypeError):
            token = None
        if not isinstance(token, str) or not token:
            raise SyncError(
                "What answers at ZAVA_AUTH_URL is no login server: correct the address."
            )
        self.proofs.keep(self.user, proof)
        return token


@dataclass(frozen=True, slots=True)
class Grant:
    """What a login allows, as the auth webhook says; `stores` is None for every store."""

    role: str
    stores: tuple[str, ...] | None

    def covers(self, store_id: str) -> bool:
        """Whether the login may exchange the documents of a store."""
        return self.stores is None or store_id in self.stores


def grant_of(client_info: str | None) -> Grant | None:
    """The grant that came with a login; None without one, as with a development token."""
    try:
        about = json.loads(client_info or "")
        role, stores = about["role"], tuple(map(str, about["stores"]))
    except (ValueError, KeyError, TypeError):
        return None
    return Grant(str(role), None if role == "super_manager" else stores)


async def reachable(url: str) -> bool:
    """Whether anything listens at an address; Ditto does not say why a login failed."""
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(_SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or 443)
    except OSError:  # a timeout is one too
        return False
    writer.close()
    return True


def _refusal(status: int) -> SyncError:
    if status in (400, 401, 403, 413, 422):
        return SyncError("The login server does not know this name with this password.")
    if status == 429:
        return SyncError("The login server saw too many attempts and asks to wait.", again=True)
    if status >= 500:
        return SyncError("The login server has a problem of its own.", again=True)
    return SyncError("What answers at ZAVA_AUTH_URL is no login server: correct the address.")
