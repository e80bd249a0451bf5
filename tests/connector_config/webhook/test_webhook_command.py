"""`zava-connector webhook`, as a process of its own."""

from __future__ import annotations

import http.client
import json
import signal
import socket
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from connector_config.cli import main
from connector_config.mongodb.server import free_port
from connector_config.webhook.users import UsersFile
from tests.connector_config.webhook.conftest import ANN_PASSWORD, SECRET
from tests.helpers import programs

TODAY = date(2026, 11, 21)


def test_it_serves_until_it_is_stopped_and_tells_nobody_a_secret(
    users: UsersFile, tmp_path: Path
) -> None:
    port = free_port()
    variables = {"ZAVA_WEBHOOK_SECRET": SECRET, "ZAVA_WEBHOOK_USERS": str(users.path)}
    arguments = ("webhook", "--port", str(port))

    def ask(method: str, path: str, body: object = None) -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            headers = {"Content-Type": "application/json"} if body is not None else {}
            text = body if isinstance(body, str) else json.dumps(body)
            connection.request(method, path, text if body is not None else None, headers)
            answer = connection.getresponse()
            assert "uvicorn" not in str(answer.getheaders())
            return answer.status, answer.read().decode()

    with programs.start(
        "connector_config", *arguments, variables=variables, folder=tmp_path
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line == f"Listening on http://127.0.0.1:{port}; Ctrl+C stops it.\n"
            assert ask("GET", f"/health?password={ANN_PASSWORD.replace(' ', '%20')}")[0] == 200
            status, text = ask("POST", "/login", {"user": "ann", "password": ANN_PASSWORD})
            assert status == 200
            token = json.loads(text)["token"]
            status, text = ask("POST", "/ditto/auth", {"token": token})
            assert json.loads(text)["userID"] == "ann"
            assert ask("POST", "/ditto/auth", {"token": token})[1] == '{"authenticated":false}'
            assert ask("POST", "/login", " " * 20_000)[0] == 413
            with socket.create_connection(("127.0.0.1", port)) as raw:
                raw.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: zz\r\n\r\n")
                assert b" 400 " in raw.recv(100)
        finally:
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.rstrip().endswith("zava-connector: Stopped.")
    assert "POST /login 200 from 127.0.0.1" in err and "GET /health 200" in err
    for secret in (ANN_PASSWORD, "correct", token, SECRET):
        assert secret not in out + err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        (None, "ZAVA_WEBHOOK_SECRET is not set"),
        ("short", "ZAVA_WEBHOOK_SECRET is too short"),
        ("x" * 31, "at least 32 random characters"),
    ],
)
def test_it_does_not_start_without_a_secret(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    secret: str | None,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ZAVA_WEBHOOK_SECRET", raising=False)
    if secret is not None:
        monkeypatch.setenv("ZAVA_WEBHOOK_SECRET", secret)
    assert main(["webhook"], TODAY) == 1
    out, err = capsys.readouterr()
    assert out == "" and words in err and err.count("\n") == 1
    assert secret is None or f"{secret}\n" not in err


def test_a_port_that_is_taken_is_one_sentence(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    users: UsersFile,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZAVA_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("ZAVA_WEBHOOK_USERS", str(users.path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["webhook", "--port", str(taken.getsockname()[1])], TODAY) == 1
    err = capsys.readouterr().err
    assert "cannot be listened on (Address already in use)" in err and err.count("\n") == 1
