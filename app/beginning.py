"""The beginning of a device without data: demo data, a shop that is joined, or one that begins."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, QObject

from app.data.sync.modes import Mode, choose
from app.data.sync.space import DittoSpace
from app.settings import JOINING, SettingError, Settings, load_settings
from app.ui.core.command import Command
from app.ui.core.conventions import conventions_of
from connector_config.errors import UserError
from connector_config.paths import store_directory
from connector_config.variables import load_variables, settings_file, write_file

if TYPE_CHECKING:
    from app.client import Client
    from app.domain.importing.goods import Goods
    from app.ui.first_start.screen import FirstStartScreen

COLLECTIONS: Final = 9
"""How many collections the demo data has, each a line of its progress."""
DEMO: Final = ("-m", "seed", "demo", "--data-dir")
"""What makes the demo data in a folder, for the interpreter of this program."""
_FOLDER: Final = "demo-unfinished"
_STOPPED: Final = "Stopped: nothing was kept of the demo data."


class Beginning(QObject):
    """Answers what a person chooses on the first start; `screen` is that, while it is shown."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._client = client
        self.screen: FirstStartScreen | None = None
        self._process: subprocess.Popen[str] | None = None
        self._demo = Command(self._fill, self)
        self._join = Command(self._join_shop, self)
        self._shop = Command(self._begin_shop, self)
        for command in (self._demo, self._join, self._shop):
            command.failed.connect(self._show_problem)

    @property
    def running(self) -> bool:
        """Whether something of it is under way."""
        return self._demo.running or self._join.running or self._shop.running

    def show(self) -> None:
        """Ask what the device is for; where that is asked already, what is typed stays."""
        if self.screen is not None:
            return
        # The start of a device that has data does not wait for this.
        from app.ui.first_start.screen import FirstStartScreen

        screen = self.screen = FirstStartScreen()
        screen.demo_wanted.connect(lambda: self._demo.execute())
        screen.stopped.connect(self.stop)
        screen.join_wanted.connect(lambda: self._join.execute())
        screen.shop_wanted.connect(lambda: self._shop.execute())
        self._client.window.show_page(screen)
        screen.focus_first()

    def leave(self) -> None:
        """Another page takes the place of what is asked."""
        self.screen = None

    def stop(self) -> None:
        """Give the demo data up, if it is being made."""
        if self._process is not None:
            self._process.kill()

    async def _fill(self) -> None:
        """Let another process make the data beside the store, and put it in its place when whole.

        What was cut off would else look like a store with goods missing.
        """
        assert self.screen is not None
        data_dir = self._client.settings.data_dir
        if await DittoSpace(self._client.session).rooms():
            # Of a shop whose stores have not come, or are all deleted: the demo would replace it.
            raise UserError(
                f"There is data in {data_dir}, though no store: join its shop, or look around with "
                "another data folder by --data-dir."
            )
        folder = data_dir / _FOLDER
        shutil.rmtree(folder, ignore_errors=True)
        self.screen.show_progress(0, COLLECTIONS, "")
        try:
            await self._make_demo(folder)
            await self._client.restart(
                self._client.settings, lambda: _put_in_place(folder, data_dir)
            )
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    async def _make_demo(self, folder: Path) -> None:
        loop = asyncio.get_running_loop()
        done = 0

        def show(line: str) -> None:
            nonlocal done
            done += 1
            if self.screen is not None:
                self.screen.show_progress(min(done, COLLECTIONS), COLLECTIONS, line)

        def follow(process: subprocess.Popen[str]) -> str:
            with process:
                assert process.stdout is not None and process.stderr is not None
                for line in process.stdout:
                    loop.call_soon_threadsafe(show, line.strip())
                return process.stderr.read().strip()

        process = self._process = _started(folder)
        try:
            said = await loop.run_in_executor(None, follow, process)
        finally:
            self._process = None
        if process.returncode:
            raise UserError(said.removeprefix("zava-seed: ").splitlines()[0] if said else _STOPPED)

    async def _join_shop(self) -> None:
        screen = self.screen
        assert screen is not None
        form, before = screen.join_form, self._client.settings
        variables = form.variables
        form.show_problem("")
        form.show_testing(True)
        try:
            settings = settings_with(before, variables)
            await self._try(settings)
            await self._client.restart(settings)
            try:
                write_file(settings_file(), {**dict.fromkeys(JOINING, ""), **variables})
            except UserError:
                await self._client.restart(before)
                raise
        finally:
            if self.screen is screen:
                form.show_testing(False)

    async def _try(self, settings: Settings) -> None:
        """Try what `zava doctor` tries; raises UserError."""
        choice = choose(settings)
        if choice.mode is Mode.OFFLINE:
            lacks = choice.lacking or "one of the ways with its values"
            raise SettingError(f"This does not lead to a shop yet: it needs {lacks}.")
        if choice.mode is Mode.P2P:
            self._client.session.network.activate(settings.secrets["DITTO_OFFLINE_TOKEN"])
        if choice.mode is Mode.LINK:
            await asyncio.get_running_loop().run_in_executor(None, _reach, settings)

    async def _begin_shop(self) -> None:
        from app.data.store.new_shop import begin_shop
        from app.domain.shops import NewShop, read_shop

        assert self.screen is not None
        form, client = self.screen.shop_form, self._client
        shop = read_shop(form.typed, conventions_of(QLocale()))
        form.show_wrong({} if isinstance(shop, NewShop) else shop)
        form.show_problem("")
        if not isinstance(shop, NewShop):
            return
        file = form.file
        loop = asyncio.get_running_loop()
        goods: Sequence[Goods] = ()
        if file is not None:
            goods = await loop.run_in_executor(None, _goods, file)
        await begin_shop(client.session, client.now, shop, goods)
        await client.begin_as_manager()

    def _show_problem(self, error: UserError) -> None:
        if self.screen is not None:
            self.screen.show_problem(str(error))


def _started(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *DEMO, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            # Not a package of the same name in the folder where the program was started.
            "PYTHONSAFEPATH": "1",
            "PYTHONIOENCODING": "utf-8",
        },
    )


def settings_with(before: Settings, variables: dict[str, str]) -> Settings:
    """The settings as they would be with these variables in the settings file of this user.

    Raises UserError.
    """
    here = Path(".env")
    given = {**variables, **load_variables(dotenv=here)}
    settings = load_settings(str(before.data_dir), environment=given, dotenv=here)
    return replace(
        settings,
        store_id=before.store_id or settings.store_id,
        role=before.role or settings.role,
    )


def _put_in_place(folder: Path, data_dir: Path) -> None:
    """Replace the store, in which nothing is, by the one that was made beside it."""
    try:
        shutil.rmtree(store_directory(data_dir))
        store_directory(folder).rename(store_directory(data_dir))
    except OSError as error:
        raise UserError(
            f"The demo data cannot be put into {data_dir} ({error.strerror or error}): "
            "correct its permissions."
        ) from None


def _goods(file: Path) -> tuple[Goods, ...]:
    from app.domain.importing.goods import read_goods

    try:
        content = file.read_bytes()
    except OSError as error:
        raise UserError(
            f"{file} cannot be read ({error.strerror or error}): choose another one."
        ) from None
    return read_goods(content).goods


def _reach(settings: Settings) -> None:
    from connector_config.mongodb.connection import MongoSettings, open_database

    uri = settings.secrets["MONGODB_LOCAL_CONNECTION_STRING"]
    with open_database(MongoSettings(uri, settings.database)):
        pass
