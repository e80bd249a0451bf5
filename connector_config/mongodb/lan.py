"""A mongod for the local network, with a password, which `zava-seed serve --lan` shows."""

from __future__ import annotations

import base64
import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from connector_config.errors import UserError
from connector_config.mongodb.server import Member, direct_client, initiate, running
from connector_config.privacy import private

USER: Final = "zava"
_ROLES: Final = ("readWrite", "dbAdmin")
_KEY_BYTES: Final = 96
_PASSWORD_BYTES: Final = 18


@dataclass(frozen=True, slots=True)
class LanServer:
    """A server that others on the network reach, once its member runs."""

    member: Member
    password: str
    version: str
    """Of MongoDB; newer ones tell it only to those who have signed in."""

    def uri(self, host: str) -> str:
        """The connection string for a device that reaches this machine as `host`."""
        # The replica set knows itself by the loopback address, where others would look for it.
        return f"mongodb://{USER}:{self.password}@{host}:{self.member.port}/?directConnection=true"


def prepare(member: Member, database: str) -> LanServer:
    """Make the replica set and its user, who may use this database, on the loopback address.

    The password is made once and kept in the folder of the member, for its owner only. Raises
    UserError.
    """
    member.folder.mkdir(parents=True, exist_ok=True)
    password = _kept(member.folder / "lan-password", secrets.token_urlsafe(_PASSWORD_BYTES))
    key = base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
    key_file = member.folder / "lan-key"
    _kept(key_file, key)
    with running(member):
        initiate([member])
        roles = [{"role": role, "db": database} for role in _ROLES]
        with direct_client(member) as client:
            version = str(client.server_info()["version"])
            known = client.admin.command("usersInfo", USER)["users"]
            command = "updateUser" if known else "createUser"
            client.admin.command(command, USER, pwd=password, roles=roles)
    return LanServer(replace(member, key_file=key_file, host="0.0.0.0"), password, version)


def own_address() -> str:
    """The address by which others on the network reach this machine, as far as it knows."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Nothing is sent: it only asks which way that would go.
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    return socket.gethostname()


def _kept(path: Path, fresh: str) -> str:
    """What a private file holds, made with a fresh content where there is none."""
    try:
        if not path.exists():
            with open(path, "x", encoding="ascii", opener=private) as file:
                file.write(fresh)
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise UserError(f"{path} cannot be read or written: correct its permissions.") from None
