"""Both servers as an assistant starts them: the SDK's own client over stdio and over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from connector_config.mongodb.server import free_port
from connector_config.webhook.users import User, UsersFile
from seed.mcp_servers.cli import main
from seed.mcp_servers.server import make_server
from tests.helpers.programs import environment
from tests.seed.mcp_servers.people import MANAGER, SEATTLE, SEATTLE_USER, TACOMA, customer_sales
from tests.seed.mcp_servers.people import sales_analysis as analysis_of
from tests.seed.used_shop import Asked

SIZE = 12_000
MOST_TOOLS = 10
HASH = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$"


def variables(asked: Asked, **more: str) -> dict[str, str]:
    return environment(
        MONGODB_CONNECTION_STRING=asked.settings.uri,
        MONGODB_DATABASE=asked.settings.database,
        **more,
    )


def stdio(asked: Asked, folder: Path, *arguments: str, **more: str) -> Client:
    return Client(
        StdioServerParameters(
            command=sys.executable,
            args=["-m", "seed.mcp_servers.cli", *arguments],
            env=variables(asked, **more),
            cwd=folder,
        )
    )


def words(result: Any) -> str:
    """What a tool says in words."""
    text: str = result.content[0].text
    return text


def rows(result: Any) -> list[dict[str, Any]]:
    assert not result.is_error, result.content
    # What it says in words is what it says in its structure.
    assert json.loads(words(result)) == result.structured_content
    found: list[dict[str, Any]] = result.structured_content["rows"]
    return found


def order_of(asked: Asked, store: str) -> dict[str, Any]:
    return next(
        one for one in asked.documents["orders"] if one["store_id"] == store and not one["deleted"]
    )


async def check_tools(client: Client) -> set[str]:
    """Few of them, short, typed and marked as reading."""
    listed = await client.list_tools()
    text = listed.model_dump_json(by_alias=True, exclude_none=True)
    assert len(text.encode()) < SIZE and len(listed.tools) <= MOST_TOOLS
    for tool in listed.tools:
        assert tool.annotations is not None and tool.output_schema is not None
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.open_world_hint is False
        assert tool.description and "\n" not in tool.description
    return {tool.name for tool in listed.tools}


async def test_customer_sales_over_stdio(asked: Asked, tmp_path: Path) -> None:
    own, other = order_of(asked, SEATTLE), order_of(asked, TACOMA)
    async with stdio(asked, tmp_path, "customer-sales", "--user", SEATTLE_USER) as client:
        assert "find_products" in await check_tools(client)
        near = {"product": "cordless drill", "near": "Tacoma"}
        found = rows(await client.call_tool("product_availability", near))
        expected = customer_sales(asked, MANAGER).product_availability("cordless drill", "Tacoma")
        assert found == expected["rows"] and found[0]["on_hand"] > 0
        mirror = {"question": "what can I hang a heavy mirror with"}
        assert rows(await client.call_tool("search_by_meaning", mirror))
        order = await client.call_tool("order", {"number": own["order_id"]})
        assert rows(order) and order.structured_content is not None
        assert order.structured_content["facts"]["Total"] == own["total"]
        refused = await client.call_tool("order", {"number": other["order_id"]})
        assert refused.is_error and "There is no order" in words(refused)
        assert other["customer_name"] not in refused.model_dump_json()
        wrong = await client.call_tool("find_products", {"text": "x", "limit": 5_000})
        assert wrong.is_error and "less than or equal to 100" in words(wrong)


async def test_sales_analysis_over_stdio(asked: Asked, tmp_path: Path) -> None:
    quarter = {"first_day": "2025-07-01", "last_day": "2025-09-30"}
    async with stdio(asked, tmp_path, "sales-analysis", "--user", SEATTLE_USER) as client:
        assert "query" in await check_tools(client)
        found = rows(await client.call_tool("top_products", quarter))
        expected = analysis_of(asked, MANAGER).top_products("2025-07-01", "2025-09-30")
        assert found == expected["rows"] and len(found) == 20
        free = {"collection": "orders", "pipeline": [{"$sortByCount": "$store_id"}]}
        assert [row["_id"] for row in rows(await client.call_tool("query", free))] == [SEATTLE]
        out = {"collection": "orders", "pipeline": [{"$out": "stolen"}]}
        refused = await client.call_tool("query", out)
        assert refused.is_error and "$out is not allowed here" in words(refused)
    assert "stolen" not in asked.database.list_collection_names()


async def test_it_starts_without_mongodb_and_says_so(asked: Asked, tmp_path: Path) -> None:
    away = "mongodb://127.0.0.1:1/"
    arguments = ("customer-sales", "--user", SEATTLE_USER)
    async with stdio(asked, tmp_path, *arguments, ZAVA_MCP_CONNECTION_STRING=away) as client:
        assert (await client.list_tools()).tools
        answer = await client.call_tool("find_products", {"text": "hammer"})
        assert answer.is_error and "127.0.0.1:1" in words(answer)


async def test_what_is_printed_is_no_part_of_the_protocol(asked: Asked, tmp_path: Path) -> None:
    code = (
        "import seed.mcp_servers.times as times\n"
        "before = times.current_time\n"
        "times.current_time = lambda asking: (print('noise'), before(asking))[1]\n"
        "from seed.mcp_servers.cli import main\n"
        f"main(['customer-sales', '--user', '{SEATTLE_USER}'])\n"
    )
    parameters = StdioServerParameters(
        command=sys.executable, args=["-c", code], env=variables(asked), cwd=tmp_path
    )
    async with Client(parameters) as client:
        assert rows(await client.call_tool("current_time", {}))


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> UsersFile:
    file = UsersFile(tmp_path_factory.mktemp("users") / "users.json")
    file.add("ann", User(role="manager", stores=[SEATTLE], hash=HASH))
    file.add("bob", User(role="worker", stores=[TACOMA], hash=HASH))
    return file


@pytest.fixture(scope="module")
def address(
    asked: Asked, users: UsersFile, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a sales-analysis server over HTTP."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/mcp"
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "seed.mcp_servers.cli"),
            *("sales-analysis", "--http", "--port", str(port)),
        ],
        env={**os.environ, **variables(asked, ZAVA_WEBHOOK_USERS=str(users.path))},
        cwd=tmp_path_factory.mktemp("served"),
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and server.poll() is None:
            try:
                httpx2.get(url, timeout=5)
                break
            except httpx2.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(30)


async def ask(address: str, token: str, tool: str, arguments: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        async with Client(streamable_http_client(address, http_client=http)) as client:
            return await client.call_tool(tool, arguments)


async def test_over_http_the_token_says_who_asks(address: str, users: UsersFile) -> None:
    tokens = {name: users.new_token(name) for name in ("ann", "bob")}
    free = {"collection": "orders", "pipeline": [{"$sortByCount": "$store_id"}]}
    for name, store in (("ann", SEATTLE), ("bob", TACOMA), ("ann", SEATTLE)):
        found = rows(await ask(address, tokens[name], "query", free))
        assert [row["_id"] for row in found] == [store]
    who = await ask(address, tokens["bob"], "current_time", {})
    assert who.structured_content["facts"]["you are"] == "bob"


async def test_over_http_what_the_store_says_of_its_people_holds(
    asked: Asked, address: str, users: UsersFile
) -> None:
    free = {"collection": "orders", "pipeline": [{"$sortByCount": "$store_id"}]}
    users.add("cleo", User(role="manager", stores=[SEATTLE], hash=HASH, person_id="p1"))
    token = users.new_token("cleo")
    gone = await ask(address, token, "query", free)
    assert gone.is_error and "cleo works in no store any more" in words(gone)
    member = {"_id": "m1", "staff_id": "m1", "store_id": TACOMA, "person_id": "p1"}
    try:
        asked.database["staff"].insert_one(
            {**member, "name": "Cleo", "role": "worker", "active": True, "deleted": False}
        )
        found = rows(await ask(address, token, "query", free))
        assert [row["_id"] for row in found] == [TACOMA]
    finally:
        asked.database["staff"].delete_one({"_id": "m1"})


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong", "Basic YW5uOng=", "zero"])
def test_over_http_nobody_is_refused(address: str, users: UsersFile, header: str | None) -> None:
    old = users.new_token("ann")
    users.new_token("ann")
    headers = {"Accept": "application/json, text/event-stream", "x-rls-user-id": SEATTLE_USER}
    if header is not None:
        headers["Authorization"] = f"Bearer {old}" if header == "zero" else header
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    assert httpx2.post(address, json=call, headers=headers, timeout=30).status_code == 401


def test_a_token_that_is_taken_away_ends_at_once(address: str, users: UsersFile) -> None:
    token = users.new_token("ann")
    headers = {
        "Accept": "application/json, text/event-stream",
        "Authorization": f"Bearer {token}",
    }
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    assert httpx2.post(address, json=call, headers=headers, timeout=30).status_code != 401
    users.revoke_token("ann")
    assert httpx2.post(address, json=call, headers=headers, timeout=30).status_code == 401


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Say who asks"),
        (("--user", "00000000-0000-0000-0000-000000000000"), "The zero UUID is nobody"),
        (("--user", "ann"), "a UUID such as"),
        (("--http", "--user", SEATTLE_USER), "the token says who asks"),
        (("--http", "--super-manager"), "the token says who asks"),
        (("--user", SEATTLE_USER, "--port", "80"), "--port is for --http"),
        (("--role", "king"), "invalid choice"),
    ],
)
def test_without_an_identity_it_does_not_start(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    for server in ("customer-sales", "sales-analysis"):
        assert main([server, *arguments]) == 1
        captured = capsys.readouterr()
        assert captured.out == "" and sentence in captured.err


async def test_a_fault_of_ours_shows_nothing_of_itself(asked: Asked) -> None:
    def broken() -> str:
        """Break."""
        raise RuntimeError("secret of the server")

    async with Client(make_server("x", [broken])) as client:
        result = await client.call_tool("broken", {})
        assert result.is_error and "secret" not in result.model_dump_json()
