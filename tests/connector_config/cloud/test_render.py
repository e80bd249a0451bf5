"""`zava-connector render`: what people and the operator are told."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector_config.cli import main
from connector_config.schema.collections import COLLECTIONS

TODAY = date(2026, 11, 21)
URI = "mongodb+srv://ann:s3cret@cluster.example.mongodb.net/"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONGODB_DATABASE", raising=False)
    monkeypatch.setenv("MONGODB_CONNECTION_STRING", URI)


def rendered(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code = main(["render", *arguments], TODAY)
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    return out


def test_the_manifests_say_what_the_list_says(capsys: pytest.CaptureFixture[str]) -> None:
    out = rendered(capsys, "crd")
    secret, bridge = yaml.safe_load_all(out)
    assert secret == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "zava-mongo-connector", "namespace": "ditto"},
        "stringData": {"connectionString": "REPLACE-WITH-THE-CONNECTION-STRING"},
    }
    assert (bridge["apiVersion"], bridge["kind"]) == ("ditto.live/v1alpha1", "BigPeerDataBridge")
    assert bridge["metadata"]["labels"] == {
        "ditto.live/app": "zava",
        "ditto.live/big-peer": "ditto",
    }
    connector = bridge["spec"]["bridge"]["mongoConnector"]
    assert connector["connectionSecret"]["kubernetesSecret"] == {
        "name": "zava-mongo-connector",
        "connectionString": "connectionString",
    }
    assert connector["database"] == "zava"
    assert list(connector["collections"]) == [n for n, c in COLLECTIONS.items() if c.sync]
    assert connector["collections"]["transfers"] == {
        "fields": ["from_store_id", "to_store_id", "transfer_id"],
        "initialSync": True,
        "mode": "native",
        "dqlStrictMode": False,
    }
    for name, entry in connector["collections"].items():
        assert tuple(entry["fields"]) == COLLECTIONS[name].id_fields
        assert entry["initialSync"] is COLLECTIONS[name].initial_sync
        assert (entry["mode"], entry["dqlStrictMode"]) == ("native", False)
    # No anchors, which kubectl reads and people do not.
    assert "&id" not in out and "s3cret" not in out


def test_names_are_given_by_flags_and_the_password_only_when_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONGODB_DATABASE", "shop")
    flags = ["--name", "a", "--namespace", "b", "--app", "c", "--big-peer", "d"]
    found: list[dict[str, Any]] = list(
        yaml.safe_load_all(rendered(capsys, "crd", *flags, "--with-connection-string"))
    )
    secret, bridge = found
    assert secret["stringData"] == {"connectionString": URI}
    assert secret["metadata"] == {"name": "a", "namespace": "b"}
    assert bridge["metadata"]["labels"] == {"ditto.live/app": "c", "ditto.live/big-peer": "d"}
    connector = bridge["spec"]["bridge"]["mongoConnector"]
    assert connector["database"] == "shop"
    assert connector["connectionSecret"]["kubernetesSecret"]["name"] == "a"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["crd", "--app", "A b"], "a name in Kubernetes"),
        (["crd", "--name", "-a"], "expected one argument"),
        ([], "WHAT"),
        (["pdf"], "invalid choice"),
    ],
)
def test_a_wrong_argument_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["render", *arguments], TODAY) == 1
    out, err = capsys.readouterr()
    assert out == "" and words in err and err.count("\n") == 1


def test_no_connection_string_to_put_in(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MONGODB_CONNECTION_STRING")
    assert main(["render", "crd", "--with-connection-string"], TODAY) == 1
    out, err = capsys.readouterr()
    assert out == "" and "MONGODB_CONNECTION_STRING is not set" in err


def test_the_checklist_names_every_collection_as_the_portal_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = rendered(capsys, "portal")
    names = [n for n, c in COLLECTIONS.items() if c.sync]
    for number, name in enumerate(names, 1):
        fields = ", ".join(COLLECTIONS[name].id_fields)
        entry = (
            rf"   \[ \] +{number}\. {name}\n"
            rf" +Map fields to Ditto ID \(not Match IDs\): {fields}\n"
            r" +Initial Sync: on\n"
        )
        assert re.search(entry, out), name
    assert "Settings > MongoDB Connector" in out
    assert f"Add Collection, {len(names)} times" in out
    assert "[ ] Database: zava\n" in out
    left_out = out.partition("Leave out:")[2]
    assert left_out.strip().startswith("product_embeddings: vectors of")
    assert "s3cret" not in out
