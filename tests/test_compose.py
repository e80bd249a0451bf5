"""`packaging/compose.yaml`: what it starts is there; docker itself is tried where it is."""

from __future__ import annotations

import argparse
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from connector_config.cli import PROGRAM as ZAVA_CONNECTOR
from connector_config.command_line import Program
from seed.cli import PROGRAM as ZAVA_SEED
from seed.mcp_servers.cli import PROGRAM as ZAVA_MCP
from tests.helpers.programs import ROOT

FILE = ROOT / "packaging" / "compose.yaml"
PROGRAMS = {one.name: one for one in (ZAVA_SEED, ZAVA_CONNECTOR, ZAVA_MCP)}


def services() -> dict[str, dict[str, Any]]:
    """The services, as they are read."""
    return dict(yaml.safe_load(FILE.read_text("utf-8"))["services"])


def commands() -> Iterator[list[str]]:
    """Every command of ours that a service runs."""
    for service in services().values():
        words = [*service.get("entrypoint", []), *service.get("command", [])]
        if words[:2] == ["sh", "-c"]:
            yield from (shlex.split(one) for one in words[2].split("&&"))
        elif words[0] in PROGRAMS:
            yield words


def parse(program: Program, arguments: list[str]) -> argparse.Namespace:
    """The options, as the program itself reads them."""
    return program._parser(arguments).parse_args(arguments)


def test_every_command_is_one_of_ours_and_understood() -> None:
    found = list(commands())
    assert len(found) == 7
    for name, *arguments in found:
        parse(PROGRAMS[name], arguments)


def test_what_is_not_there_would_be_found() -> None:
    with pytest.raises(SystemExit):
        parse(ZAVA_SEED, ["generate", "--no-such-thing"])


def test_the_image_has_what_the_commands_need() -> None:
    build = services()["seed"]["build"]["dockerfile_inline"]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "'.[webhook,mcp]'" in build
    assert {"webhook", "mcp"} <= extras["optional-dependencies"].keys()
    for line in build.splitlines():
        if line.startswith("COPY"):
            assert all((ROOT / one).exists() for one in line.split()[1:-1])


def test_nothing_listens_beyond_this_machine() -> None:
    ports = [one for service in services().values() for one in service.get("ports", [])]
    assert ports and all(one.startswith("127.0.0.1:") for one in ports)


def _has_docker() -> bool:
    try:
        command = ["docker", "compose", "version"]
        return not subprocess.run(command, check=False, capture_output=True, timeout=60).returncode
    except OSError:
        return False


if _has_docker():

    def test_docker_understands_it() -> None:
        command = ["docker", "compose", "-f", str(FILE), "--profile", "*", "config", "--quiet"]
        checked = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
        assert (checked.returncode, checked.stderr) == (0, "")
