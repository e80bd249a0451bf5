"""What `make run` leaves out, and what is said where it is needed.

The programs run as they do without the libraries of the extras: those cannot be found.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

import pytest

from connector_config.errors import UserError
from connector_config.extras import MODULES, need_extra
from tests.helpers.programs import ROOT, Ended, environment

HIDDEN: Final = sorted({module for modules in MODULES.values() for module in modules})
WITHOUT: Final = f"import sys; sys.modules.update(dict.fromkeys({HIDDEN!r})); "
AZURE: Final = {
    "AZURE_OPENAI_ENDPOINT": "https://zava.openai.azure.com/",
    "AZURE_OPENAI_API_KEY": "key",
    "AZURE_OPENAI_EMBEDDING_DEPLOYMENT": "vectors",
}
# Nobody listens there.
NOWHERE: Final = {"MONGODB_CONNECTION_STRING": "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=50"}

EVERY_MODULE: Final = """
import importlib, pkgutil
import app, seed, connector_config
failed = set()
for package in (app, seed, connector_config):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not found.name.endswith("__main__"):
            try:
                importlib.import_module(found.name)
            except ImportError:
                failed.add(found.name)
print(*sorted(failed))
"""


def without_extras(folder: Path, code: str, answer: str = "", **variables: str) -> Ended:
    """Run code in a process that has none of the extras."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT + code],
        cwd=folder,
        env=environment(QT_QPA_PLATFORM="offscreen", ZAVA_DATA_DIR=str(folder), **variables),
        input=answer,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def call(module: str, *arguments: str) -> str:
    """Code that runs a command."""
    return f"from {module}.cli import main; sys.exit(main({list(arguments)!r}))"


@pytest.mark.parametrize("extra", MODULES)
def test_the_extras_are_those_of_the_project(extra: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {one.partition(">")[0].lower() for one in project["optional-dependencies"][extra]}
    installed = packages_distributions()
    assert {installed[module][0].lower() for module in MODULES[extra]} == declared
    assert declared.isdisjoint(one.partition(">")[0].lower() for one in project["dependencies"])


@pytest.mark.parametrize("extra", ["webhook", "azure"])
def test_what_is_there_is_not_asked_for(extra: str) -> None:
    need_extra("webhook" if extra == "webhook" else "azure")


def test_one_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jwt", None)
    with pytest.raises(UserError) as missing:
        need_extra("webhook")
    assert str(missing.value) == (
        "This needs the extra 'webhook', of which jwt is not installed: run `make venv`, or "
        "install zava-retail[webhook]."
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["webhook"],
    ],
)
def test_what_needs_the_webhook_is_one_sentence(tmp_path: Path, arguments: list[str]) -> None:
    ended = without_extras(tmp_path, call("connector_config", *arguments), "a long password\n")
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert ended.err.startswith("zava-connector: This needs the extra 'webhook', ")


@pytest.mark.parametrize("arguments", [["users", "list"], ["render", "portal"]])
def test_the_rest_of_the_connector_works_without(tmp_path: Path, arguments: list[str]) -> None:
    ended = without_extras(tmp_path, call("connector_config", *arguments))
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize("arguments", [["embeddings"], ["add-product", "--sku", "HND-HAMMER-020"]])
def test_what_needs_azure_is_one_sentence_before_anything_is_done(
    tmp_path: Path, arguments: list[str]
) -> None:
    if arguments[0] == "add-product":
        for flag in ("name", "category", "type", "cost", "description"):
            arguments = [*arguments, f"--{flag}", "1"]
    ended = without_extras(tmp_path, call("seed", *arguments), **AZURE, **NOWHERE)
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert ended.err.startswith("zava-seed: This needs the extra 'azure', ")


@pytest.mark.parametrize("arguments", [["--super-manager"], ["--http"]])
def test_what_needs_mcp_is_one_sentence(tmp_path: Path, arguments: list[str]) -> None:
    code = call("seed.mcp_servers", "customer-sales", *arguments)
    ended = without_extras(tmp_path, code)
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert ended.err.startswith("zava-mcp: This needs the extra 'mcp', ")


def test_vectors_of_this_machine_need_nothing(tmp_path: Path) -> None:
    ended = without_extras(tmp_path, call("seed", "embeddings"), **NOWHERE)
    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert "127.0.0.1:9" in ended.err
    assert "extra" not in ended.err


def test_the_check_says_that_azure_will_fail(tmp_path: Path) -> None:
    ended = without_extras(tmp_path, call("seed", "check"), **AZURE, **NOWHERE)
    (line,) = [one for one in ended.out.splitlines() if "Azure OpenAI" in one]
    assert line.startswith("warn ")
    assert "the extra 'azure'" in line


def test_nothing_else_needs_an_extra(tmp_path: Path) -> None:
    ended = without_extras(tmp_path, EVERY_MODULE)
    assert (ended.code, ended.err) == (0, "")
    webhook = ("connections", "proxies", "server", "tokens")
    assert ended.out.split() == [
        *(f"connector_config.webhook.{name}" for name in webhook),
        "seed.azure",
        "seed.mcp_servers.server",
    ]
