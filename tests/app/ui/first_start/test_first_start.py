"""The first start: an installed program asks what the device is for, and does it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton

from app import beginning
from app.client import Client
from app.data.store.session import Session
from app.data.sync.modes import Mode
from app.domain.entities import Role
from app.run import utc_now
from app.settings import Settings
from app.ui.core.printing import save_pdf
from app.ui.core.report import printout
from app.ui.first_start.screen import FirstStartScreen
from app.ui.orders.document import receipt
from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoSettings
from connector_config.paths import store_directory
from connector_config.variables import read_file, settings_file
from seed.data_set import DATA_SET
from tests.app.ui.test_accessible import faults
from tests.app.ui.test_fits import problems, small
from tests.helpers import pdfs
from tests.helpers.hands import ALT, Hands, dialog, focus, texts
from tests.helpers.till import Till
from tests.helpers.waiting import settle, until

EAN = "4006381333931"
GOODS = ["Name;Article;EAN;Price;Category"] + [
    f"Hammer {n};HAM-{n};{EAN if n == 3 else ''};{n},50;Hämmer" for n in range(10)
]

WAITS = "import time; print('stores: 8', flush=True); time.sleep(3600)"
"""Of a program that has begun, and never ends by itself."""

Start = Callable[[], Awaitable[Hands]]


@pytest_asyncio.fixture
async def start(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Start]:
    """Start the program on a device without data, in a folder without settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    started: list[Client] = []

    async def begin() -> Hands:
        data_dir = tmp_path / "data"
        client = Client(qapp, Settings(data_dir, theme="light"), utc_now)
        started.append(client)
        await client.start(await Session.open(data_dir, utc_now))
        client.window.show()
        hands = Hands(client)
        await hands.at_hand()
        return hands

    yield begin
    for client in started:
        await client.close()
        client.window.hide()
        client.window.deleteLater()


def asked(hands: Hands) -> FirstStartScreen:
    """What is asked on the first start."""
    screen = hands.client.beginning.screen
    assert screen is not None
    return screen


async def idle(hands: Hands) -> None:
    """Wait until what was asked for is done."""
    await until(lambda: not hands.client.beginning.running, "the end of it")


async def fill(hands: Hands, editor: QLineEdit, text: str) -> None:
    """Type into a field."""
    editor.setFocus()
    editor.clear()
    await hands.paste(text)


async def choose(hands: Hands, button: QPushButton, file: Path) -> None:
    """Choose a file where a button asks for it."""
    await hands.click(button)
    assert isinstance(dialog(), QFileDialog)
    await hands.paste(str(file))
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: dialog() is None, "the choice")
    await hands.at_hand()


async def test_a_shop_begins_with_ten_goods_of_a_file_and_sells_one(
    start: Start, tmp_path: Path
) -> None:
    hands = await start()
    screen = asked(hands)
    assert focus() is screen.choices["demo"]
    await hands.press(Qt.Key.Key_Tab)
    await hands.press(Qt.Key.Key_Tab)
    assert focus() is screen.choices["shop"]
    await hands.press(Qt.Key.Key_Return)
    form = screen.shop_form
    assert focus() is form.name
    await hands.press(Qt.Key.Key_Return)
    await idle(hands)
    assert form.name.accessibleDescription().endswith(".") and focus() is form.name
    assert form.tax.accessibleDescription().endswith(".")
    await fill(hands, form.name, "Ström")
    await fill(hands, form.town, "Tacoma")
    await fill(hands, form.tax, "10")
    await fill(hands, form.time_zone, "America/Los_Angeles")
    file = tmp_path / "goods.csv"
    file.write_text("\n".join([*GOODS, ";HAM-11;;x;Hämmer"]), "cp1252")
    await choose(hands, form.choose_file, file)
    await hands.click(form.begin)
    await idle(hands)
    said = form.problems.toPlainText()
    assert "line 12, name: it is empty" in said and "line 12, price: 'x' is no amount" in said
    assert await hands.client.session.query("SELECT _id FROM stores LIMIT 1") == []
    file.write_text("\n".join(GOODS), "cp1252")
    await hands.click(form.begin)
    await until(lambda: hands.client.sign_in_screen is not None, "the sign-in")
    door = hands.client.sign_in_screen
    assert door is not None and Role(door.role.chosen) is Role.MANAGER
    await hands.type("Ann")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: hands.client.workplace is not None, "the workplace")
    await hands.at_hand()
    assert not any("demo data" in text for text in texts(hands.workplace))

    # Found, scanned, received and sold; the receipt is on paper.
    await hands.scan("HAM-3")
    await until(lambda: hands.state.item is not None, "the card")
    await hands.type("+5")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: hands.on_hand == 5, "five")
    await hands.press(Qt.Key.Key_O, ALT)
    till = Till(hands)
    await hands.scan(EAN)
    await till.lines(1)
    await hands.press(Qt.Key.Key_F4)
    await hands.type("Zoe Berg")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: till.screen.draft.state is not None, "the form of a new customer")
    await hands.type("zoe@berg.example")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: till.state.cart.customer is not None, "her in the cart")
    order = await till.placed()
    assert (str(order.total), order.lines[0].name) == ("3.85", "Hammer 3")
    assert (await hands.item("HAM-3")).on_hand == 4
    paper = tmp_path / "receipt.pdf"
    save_pdf(printout(receipt(order)), paper)
    assert "Hammer 3" in pdfs.read(paper).pages[0]
    assert "Ström Tacoma" in pdfs.read(paper).pages[0]
    await hands.rest()


async def test_the_demo_data_comes_whole(
    start: Start, demo_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In place of the seeder, which takes seconds; what it prints and makes is the same.
    copies = (
        "import shutil, sys; print('stores: 8', flush=True); "
        f"shutil.copytree({str(demo_template)!r}, sys.argv[1])"
    )
    monkeypatch.setattr(beginning, "DEMO", ("-c", copies))
    hands = await start()
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: hands.client.sign_in_screen is not None, "the sign-in")
    assert len(hands.client.stores) == 8
    left = {one.name for one in (tmp_path / "data").iterdir()}
    assert "demo-unfinished" not in left
    assert not settings_file().exists()


async def test_demo_data_that_is_stopped_or_fails_leaves_nothing(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    makes = "import pathlib, sys; pathlib.Path(sys.argv[1]).mkdir(); "
    monkeypatch.setattr(beginning, "DEMO", ("-c", makes + WAITS))
    hands = await start()
    screen = asked(hands)
    await hands.click(screen.choices["demo"])
    await until(lambda: screen.bar.value() == 1, "a line of progress")
    assert focus() is screen.stop and screen.bar.maximum() == len(DATA_SET)
    await hands.press(Qt.Key.Key_Escape)
    await idle(hands)
    assert "Stopped: nothing was kept of the demo data." in texts(screen)
    assert focus() is screen.choices["demo"]
    assert not (tmp_path / "data" / "demo-unfinished").exists()

    monkeypatch.setattr(
        beginning, "DEMO", ("-c", "import sys; sys.exit('zava-seed: The disk is full: free it.')")
    )
    await hands.press(Qt.Key.Key_Return)
    await idle(hands)
    assert "The disk is full: free it." in texts(screen)
    assert hands.client.stores == []


async def test_the_demo_data_never_takes_the_place_of_other_data(start: Start) -> None:
    hands = await start()
    session = hands.client.session
    await session.query(
        "INSERT INTO products INITIAL DOCUMENTS (:documents)",
        {"documents": [{"_id": "prod_kept", "product_id": "prod_kept", "deleted": False}]},
    )
    await hands.press(Qt.Key.Key_Return)
    await idle(hands)
    assert any("though no store" in text for text in texts(asked(hands)))
    assert await session.query("SELECT _id FROM products WHERE _id = 'prod_kept'")


async def test_the_window_may_be_closed_while_the_demo_data_is_made(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginning, "DEMO", ("-c", WAITS))
    hands = await start()
    screen = asked(hands)
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: screen.bar.value() == 1, "a line of progress")
    # The fixture closes it.


async def test_joining_tests_what_is_typed_and_says_what_is_wrong(
    start: Start, tmp_path: Path
) -> None:
    hands = await start()
    screen = asked(hands)
    await hands.click(screen.choices["join"])
    form = screen.join_form
    await hands.press(Qt.Key.Key_Return)
    await idle(hands)
    assert any("does not lead to a shop yet" in text for text in texts(form))
    await fill(hands, form.editors["MONGODB_LOCAL_CONNECTION_STRING"], "mongo://x")
    await hands.press(Qt.Key.Key_Return)
    await idle(hands)
    assert any("MONGODB_LOCAL_CONNECTION_STRING" in text for text in texts(form))
    assert form.editors["MONGODB_LOCAL_CONNECTION_STRING"].text() == "mongo://x"

    file = tmp_path / "shop.env"
    file.write_text("OTHER=1\n")
    await choose(hands, form.choose_file, file)
    assert any("choose the file that the shop gave you" in text for text in texts(form))
    file.write_text("DITTO_OFFLINE_TOKEN=wrong\nZAVA_DATA_DIR=/elsewhere\nZAVA_STORE=store_x\n")
    form.choose(file)
    assert form.way.chosen == "p2p" and focus() is form.join
    assert form.variables == {"DITTO_OFFLINE_TOKEN": "wrong", "ZAVA_STORE": "store_x"}
    await hands.press(Qt.Key.Key_Return)
    await idle(hands)
    (refused,) = [text for text in texts(form) if "Ditto refuses the licence" in text]
    assert "wrong or has expired" in refused
    assert not settings_file().exists()
    # Nothing is lost on the way back.
    await hands.press(Qt.Key.Key_Escape)
    await hands.click(screen.choices["join"])
    assert form.variables["DITTO_OFFLINE_TOKEN"] == "wrong"


async def test_a_shop_is_joined_through_mongodb_and_its_settings_are_kept(
    start: Start, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    hands = await start()
    screen = asked(hands)
    file = tmp_path / "shop.env"
    file.write_text(
        f"MONGODB_LOCAL_CONNECTION_STRING='{mongo_settings.uri}'\n"
        f"MONGODB_DATABASE={mongo_settings.database}\n"
    )
    await hands.click(screen.choices["join"])
    screen.join_form.choose(file)
    (tmp_path / "config").touch()
    await hands.press(Qt.Key.Key_Return)
    await idle(hands)
    screen = asked(hands)
    assert any("The settings cannot be written" in text for text in texts(screen)), texts(screen)
    assert hands.client.sync.state.mode is Mode.OFFLINE

    (tmp_path / "config").unlink()
    await hands.click(screen.choices["join"])
    screen.join_form.choose(file)
    await hands.press(Qt.Key.Key_Return)
    await idle(hands)
    assert hands.client.sign_in_screen is not None
    assert hands.client.sync.state.mode.value == "link"
    assert any("waiting for the stores" in text for text in texts(hands.client.window))
    assert read_file(settings_file()) == {
        "MONGODB_LOCAL_CONNECTION_STRING": mongo_settings.uri,
        "MONGODB_DATABASE": mongo_settings.database,
    }
    assert store_directory(hands.client.settings.data_dir).exists()


async def test_what_cannot_be_opened_anew_is_open_as_before(start: Start) -> None:
    hands = await start()
    client, screen = hands.client, asked(hands)
    before = client.settings
    secrets = {"DITTO_OFFLINE_TOKEN": "x", "DITTO_SHARED_KEY": "no key"}
    with pytest.raises(UserError, match="DITTO_SHARED_KEY"):
        await client.restart(replace(before, secrets=secrets))
    assert client.settings is before and asked(hands) is screen
    assert await client.session.query("SELECT _id FROM stores LIMIT 1") == []


async def test_all_that_takes_the_keyboard_has_a_name(start: Start) -> None:
    hands = await start()
    screen = asked(hands)
    assert faults(hands.window) == []
    for name in ("join", "shop"):
        await hands.click(screen.choices[name])
        assert faults(hands.window) == []
        await hands.press(Qt.Key.Key_Escape)


async def test_nothing_is_cut_off_in_a_small_window(start: Start) -> None:
    hands = await start()
    await small(hands)
    screen = asked(hands)
    for size in (100, 150):
        hands.client.appearance.choose_text_size(size)
        await settle()
        assert problems(hands.window) == []
        for name, form in (("join", screen.join_form), ("shop", screen.shop_form)):
            await hands.click(screen.choices[name])
            assert problems(hands.window) == []
            form.show_problem("This does not work at all: it is far too long a sentence. " * 3)
            await settle()
            assert problems(hands.window) == []
            await hands.press(Qt.Key.Key_Escape)
    hands.client.appearance.choose_text_size(100)
    await settle()


def test_progress_counts_the_collections() -> None:
    assert len(DATA_SET) == beginning.COLLECTIONS
