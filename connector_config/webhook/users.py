"""The people who may sign in, in a file that `zava-connector users` manages.

Somebody may also have a token, for assistants that ask in their name (`zava-mcp --http`). The file
holds its SHA-256: a token has 256 random bits, so that nothing slower is needed.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, Literal, Protocol

from pydantic import Field, StringConstraints, ValidationError

from connector_config.cloud.permissions import check_stores
from connector_config.errors import UserError
from connector_config.paths import default_data_dir
from connector_config.schema.roles import Role
from connector_config.yaml_files import Model

USERS_VARIABLE: Final = "ZAVA_WEBHOOK_USERS"
NAME_FORM: Final = r"^[a-z0-9][a-z0-9._@-]{0,63}$"

Name = Annotated[str, StringConstraints(pattern=NAME_FORM)]


class User(Model):
    """A person who may sign in; `stores` are as permissions.yaml wants them for the role.

    `person_id` is that of the person in `staff`, whose role and stores win; "" for nobody there.
    """

    role: Role
    stores: list[str]
    hash: Annotated[str, StringConstraints(pattern=r"^\$argon2id\$"), Field(repr=False)]
    token: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None, Field(repr=False)
    ] = None
    person_id: str = ""


class _File(Model):
    version: Literal[1]
    users: dict[Name, User]


class Users(Protocol):
    """Who may sign in."""

    def read(self) -> Mapping[str, User]:
        """The users by name; raises UserError where that cannot be told."""
        ...


class UsersFile:
    """Reads and changes the file; a change is whole or not at all, and waits for another one."""

    def __init__(self, path: Path) -> None:
        """Take the path of the file, which need not be there."""
        self.path = path

    def read(self) -> Mapping[str, User]:
        """The users by name.

        Raises UserError for a file that others may read, or that is damaged.
        """
        try:
            mode = self.path.stat().st_mode
            text = self.path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise UserError(f"{self.path} cannot be read ({error.strerror}).") from None
        if stat.S_IMODE(mode) & 0o077:
            raise UserError(
                f"{self.path} holds the hashes of passwords, and others may read it: run "
                f"chmod 600 {self.path}."
            )
        try:
            return _File.model_validate_json(text).users
        except ValidationError:
            raise UserError(
                f"{self.path} is no file of users, or a damaged one: restore it, or remove it and "
                "add everybody again with zava-connector users add."
            ) from None

    def add(self, name: str, user: User) -> None:
        """Add a user; raises UserError where the name is taken."""
        check_stores(user.role, user.stores)
        with self._changed() as users:
            if name in users:
                raise UserError(
                    f"There is a user {name} already: remove them first, or use users set-password."
                )
            users[name] = user

    def remove(self, name: str) -> None:
        """Remove a user; raises UserError where there is none."""
        with self._changed() as users:
            self._known(name, users)
            del users[name]

    def set_hash(self, name: str, password_hash: str) -> None:
        """Give a user another password; raises UserError where there is no such user."""
        with self._changed() as users:
            self._known(name, users)
            users[name] = users[name].model_copy(update={"hash": password_hash})

    def new_token(self, name: str) -> str:
        """Give a user a token, in the place of an older one; it is shown once and stored nowhere.

        Raises UserError where there is no such user.
        """
        token = secrets.token_urlsafe(32)
        self._set_token(name, _digest(token))
        return token

    def revoke_token(self, name: str) -> None:
        """Take a user's token away; raises UserError where there is no such user."""
        self._set_token(name, None)

    def with_token(self, token: str) -> tuple[str, User] | None:
        """The name and the user whose token it is, if it is one."""
        wanted = _digest(token)
        for name, user in self.read().items():
            if user.token is not None and hmac.compare_digest(user.token, wanted):
                return name, user
        return None

    def _set_token(self, name: str, digest: str | None) -> None:
        with self._changed() as users:
            self._known(name, users)
            users[name] = users[name].model_copy(update={"token": digest})

    def _known(self, name: str, users: Mapping[str, User]) -> None:
        if name not in users:
            raise UserError(f"There is no user {name!r} in {self.path}.")

    @contextmanager
    def _changed(self) -> Iterator[dict[str, User]]:
        """All users, to be changed; written when the block ends without an error."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise UserError(f"{self.path} cannot be written ({error.strerror}).") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            users = dict(self.read())
            yield users
            self._write(users)
        finally:
            os.close(lock)

    def _write(self, users: Mapping[str, User]) -> None:
        content = {
            "version": 1,
            "users": {
                name: user.model_dump(exclude_defaults=True) for name, user in sorted(users.items())
            },
        }
        part = ""
        try:
            # mkstemp makes a file that only its owner may read.
            handle, part = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}-")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=2)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            Path(part).replace(self.path)
        except OSError as error:
            if part:
                Path(part).unlink(missing_ok=True)
            raise UserError(f"{self.path} cannot be written ({error.strerror}).") from None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def users_file(variables: Mapping[str, str]) -> UsersFile:
    """The file of the settings; by default `webhook-users.json` in the data folder."""
    given = variables.get(USERS_VARIABLE)
    path = Path(given).expanduser() if given else default_data_dir(variables) / "webhook-users.json"
    return UsersFile(path.absolute())
