"""A PostgreSQL of one's own, where this machine has one: a folder, a socket in it, no port."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from connector_config.schema.instants import to_iso
from tests.helpers.queries import to_the_cent

_DEBIAN: Final = Path("/usr/lib/postgresql")
# It refuses root; the packages make this user.
_USER: Final = "postgres" if os.geteuid() == 0 else None
_SECONDS: Final = 120
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")
_TIME: Final = re.compile(r"^Time: ([\d.]+) ms", re.MULTILINE)


def find_postgres() -> Path | None:
    """The folder with its programs, which Debian keeps off the PATH; None where there is none."""
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    versions = [one for one in _DEBIAN.glob("*/bin") if (one / "initdb").exists()]
    return max(versions, key=lambda one: float(one.parent.name), default=None)


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server."""

    programs: Path
    folder: Path

    def run(self, script: Iterable[str]) -> str:
        """Give psql a script, piece by piece; returns what it prints. An error ends it."""
        arguments = ("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", "postgres")
        with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
            psql = subprocess.Popen(
                [self.programs / "psql", *arguments, "-h", self.folder, "-U", "postgres"],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )
            assert psql.stdin is not None
            # What it did not read any more is explained by what it printed.
            with psql, suppress(BrokenPipeError), psql.stdin as pipe:
                pipe.writelines(script)
            output.seek(0)
            printed = output.read()
        assert psql.returncode == 0, printed
        return printed

    def ask(self, statement: str) -> Any:
        """The rows of a statement, also of an UPDATE, as docs/queries.md writes those of others."""
        query = f"WITH answer AS ({statement}) SELECT json_agg(answer) FROM answer;"
        return json.loads(self.run([query]) or "[]", parse_float=to_the_cent, object_hook=_instants)

    def milliseconds(self, statement: str, times: int) -> list[float]:
        """How long psql waits for all rows, each time."""
        script = ["\\o /dev/null\n\\timing on\n", *[f"{statement};\n"] * times]
        found = [float(one) for one in _TIME.findall(self.run(script))]
        assert len(found) == times
        return found


@contextmanager
def running_postgres(programs: Path, *settings: str) -> Iterator[Postgres]:
    """Make a server, and stop it at the end; its data goes with it."""
    with tempfile.TemporaryDirectory(prefix="zava-postgres-") as name:
        folder = Path(name)
        data = folder / "data"
        if _USER:
            shutil.chown(folder, _USER, _USER)

        def control(program: str, *arguments: str | Path) -> None:
            subprocess.run(
                [programs / program, "-D", data, *arguments],
                user=_USER,
                group=_USER,
                extra_groups=[] if _USER else None,
                cwd=folder,
                stdout=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=True,
            )

        # The order of texts is that of MongoDB.
        control("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        ours = (
            "listen_addresses = ''",
            f"unix_socket_directories = '{folder}'",
            "timezone = 'UTC'",
            "search_path = 'retail'",
        )
        with (data / "postgresql.conf").open("a") as file:
            file.write("\n".join((*ours, *settings, "")))
        control("pg_ctl", "start", "-w", "-l", folder / "log")
        try:
            yield Postgres(programs, folder)
        finally:
            control("pg_ctl", "stop", "-w", "-m", "immediate")


def _instants(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: to_iso(datetime.fromisoformat(value))
        if isinstance(value, str) and _INSTANT.fullmatch(value)
        else value
        for name, value in row.items()
    }
