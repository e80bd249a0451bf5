"""The running client: what it shows on an open store, and who is signed in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

from PySide6.QtCore import QLocale, QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication

from app.config.dependencies import Shift, make_shift
from app.config.repositories import Repositories
from app.config.screens.parts import DeviceParts
from app.config.syncing import make_sync
from app.data.stock.catalogue import StoreDirectory
from app.data.store.device import load_device
from app.data.store.session import Session
from app.data.sync.modes import Mode
from app.data.sync.service import SyncService
from app.domain.entities import Actor, Device, Profile, Store
from app.domain.errors import StorageError
from app.domain.scans import UnknownCode
from app.settings import Settings, check_store
from app.ui.core.appearance import Appearance
from app.ui.core.command import Command
from app.ui.core.conventions import conventions_of
from app.ui.core.dialogs import ScanDialog
from app.ui.core.field_undo import FieldUndo
from app.ui.core.formats import money, number
from app.ui.core.garbage import GarbageCollector
from app.ui.core.here import enter_shop, leave_shop
from app.ui.core.scan_words import covered, slipped, torn
from app.ui.core.scanner import ScannerFilter
from app.ui.core.scanner_settings import load_scanner_settings
from app.ui.core.sounds import Silence, Sound, Sounds, Speaker
from app.ui.core.tasks import finish
from app.ui.shell.sign_in import SignInScreen
from app.ui.shell.window import MainWindow
from app.ui.shell.workplace import FIND, Workplace
from connector_config.errors import UserError
from connector_config.store.local_indexes import ensure_indexes
from connector_config.wording import write_as

_SAY_AFTER = 2.0
"""Seconds after which a sign-in says what it waits for."""
_FINISH_SECONDS = 10.0
"""How long closing waits for what was asked for; only a big export takes longer."""


class Client(QObject):
    """The client: its `session` and `window` live as long, `repositories` and `shift` a sign-in.

    Without a `speaker` it is silent.
    """

    changed = Signal()

    def __init__(
        self,
        application: QApplication,
        settings: Settings,
        now: Callable[[], datetime],
        speaker: Speaker | None = None,
    ) -> None:
        super().__init__(application)
        self._garbage = GarbageCollector(self)
        # Rules say sentences, too, and know no locale.
        write_as(number, money)
        self._settings = settings
        self._now = now
        preferences = settings.data_dir / "zava.ini"
        self._preferences = QSettings(str(preferences), QSettings.Format.IniFormat)
        self.appearance = Appearance(application, self._preferences, settings.theme)
        self.sounds = Sounds(self._preferences, speaker or Silence(), self)
        self.window = MainWindow(self._preferences)
        self.window.may_close = self._may_close
        self._scanner = ScannerFilter(application)
        FieldUndo(application, self)
        self._scanner.reader.settings = load_scanner_settings(self._preferences)
        self._scanner.reader.is_known = self._is_known
        self._scanner.began.connect(self._on_burst)
        self._scanner.scanned.connect(self._on_scanned)
        self._scanner.slipped.connect(self._on_slipped)
        self._scanner.torn.connect(lambda code: self._refuse_scan(code, torn(code)))
        self._application = application
        self._signing_in = Command(self.sign_in, self)
        self._signing_in.failed.connect(self._on_sign_in_failed)
        self._moving = Command(self._move_to_store, self)
        self._moving.failed.connect(self._on_sign_in_failed)
        self.session: Session
        self.sync: SyncService
        self.device: Device
        self.stores: list[Store] = []
        self.sign_in_screen: SignInScreen | None = None
        self.repositories: Repositories
        self.shift: Shift | None = None
        self._signed_in = ExitStack()
        self._stop_waiting: Callable[[], None] = lambda: None

    @property
    def workplace(self) -> Workplace | None:
        """What is shown while somebody is signed in."""
        return None if self.shift is None else self.shift.workplace

    async def start(self, session: Session) -> None:
        """Show the sign-in on an open session."""
        self.session = session
        self.device = load_device(self._settings.data_dir)
        self.sync = make_sync(session, self._settings, self._preferences, self.device, self._now)
        await ensure_indexes(session.query)
        directory = StoreDirectory(session)
        self.stores = await directory.stores()
        check_store(self._settings, self.stores)
        await self.sync.open()
        self.show_sign_in()
        if not self.stores and self.sync.state.mode is not Mode.OFFLINE:
            # A new device gets its stores from the others.
            self._stop_waiting = directory.watch(self._on_stores)

    def show_sign_in(self) -> None:
        """Leave the workplace, if there is one, and ask who is working."""
        self._leave()
        screen = SignInScreen(
            self.stores,
            self._preferences,
            self._settings.store_id,
            self._settings.role,
            "" if self.sync.state.mode is Mode.OFFLINE else self.sync.state.mode.through,
        )
        screen.signed_in.connect(self._signing_in.execute)
        self.sign_in_screen = screen
        self.window.show_page(screen)
        screen.focus_first()
        self.changed.emit()

    async def sign_in(self, profile: Profile) -> None:
        """Load the store's catalogue and show the workplace, in place of another one.

        Raises UserError, with a sentence, whatever goes wrong.
        """
        waiting = asyncio.get_running_loop().call_later(_SAY_AFTER, self._say_waiting, profile)
        try:
            await self._open_workplace(profile)
        except UserError:
            raise
        except Exception as error:
            said = {"message": "signing in failed", "exception": error}
            asyncio.get_running_loop().call_exception_handler(said)
            raise StorageError(
                "The store cannot be opened, and it is our mistake: details are in the log."
            ) from error
        finally:
            waiting.cancel()

    async def _open_workplace(self, profile: Profile) -> None:
        self._leave()
        # What was faulty at the start may have been mended.
        self.stores = await StoreDirectory(self.session).stores() or self.stores
        repositories = self.repositories = Repositories(self.session, self._now, profile.store_id)
        with ExitStack() as opened:
            opened.callback(repositories.catalogue.close)
            await repositories.catalogue.open(profile.store_id)
            self._stop_waiting()
            store = next((one for one in self.stores if one.store_id == profile.store_id), None)
            if store is None:
                raise StorageError("This store is no longer on this device: choose another one.")
            enter_shop(store, self.stores)
            opened.callback(leave_shop)
            await self.sync.enter(profile, store.short_name, self.device)
            shift = self.shift = make_shift(
                repositories,
                self.sync,
                self.appearance,
                Actor(profile, self.device, lambda: self.sync.connected),
                self.stores,
                self._settings.data_dir / "pictures",
                DeviceParts(self._scanner, self.sounds, self._preferences),
                self.show_sign_in,
                self._moving.execute,
                conventions_of(QLocale()),
            )
            opened.callback(shift.close)
            self._signed_in = opened.pop_all()
        shift.workplace.scans.heard.connect(self.sounds.play)
        self.sign_in_screen = None
        self.window.show_page(shift.workplace)
        shift.workplace.go(FIND)
        shift.workplace.bar.focus()
        self.changed.emit()

    async def close(self) -> None:
        """Stop everything and close the store; what was being written is finished first."""
        self._signing_in.cancel()
        self._moving.cancel()
        self._stop_waiting()
        self._application.removeEventFilter(self._scanner)
        self.sounds.close()
        self._leave()
        await finish(_FINISH_SECONDS)
        await self.sync.close()
        await self.session.close()
        self._garbage.close()

    def _say_waiting(self, profile: Profile) -> None:
        if self.sign_in_screen is not None:
            names = (one.short_name for one in self.stores if one.store_id == profile.store_id)
            self.sign_in_screen.show_waiting(
                f"Reading the catalogue of {next(names, 'the store')}. A large one takes seconds."
            )

    def _may_close(self) -> bool:
        return self.workplace is None or self.workplace.may_end()

    def _leave(self) -> None:
        self.shift = None
        self._signed_in.close()

    async def _move_to_store(self, profile: Profile) -> None:
        """The same person, at the same screen, in another store."""
        assert self.workplace is not None
        shown = self.workplace.shown
        self.workplace.setEnabled(False)
        self._leave()
        await self.sign_in(profile)
        self.workplace.show_again(shown)

    def _on_stores(self, stores: list[Store]) -> None:
        if self.workplace is None and stores != self.stores:
            self.stores = stores
            self.show_sign_in()

    def _on_sign_in_failed(self, error: UserError) -> None:
        if self.sign_in_screen is None:
            self.show_sign_in()
        assert self.sign_in_screen is not None
        self.sign_in_screen.show_problem(str(error))

    def _is_known(self, code: str) -> bool:
        """Whether a text is the code of something; nobody types one by chance."""
        if self.workplace is None:
            return False
        scan = self.repositories.catalogue.read(code)
        return not isinstance(scan.meaning, UnknownCode)

    def _on_burst(self) -> None:
        if self.workplace is not None:
            self.workplace.scans.begin()

    def _on_scanned(self, code: str) -> None:
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        modal = QApplication.activeModalWidget()
        if self.workplace is not None and modal is None:
            self.workplace.scan(code)
            return
        if self.workplace is not None and isinstance(modal, ScanDialog):
            self.workplace.scans.take_into(modal, code)
            return
        # A question is answered by a person, and so is who is working here.
        self._refuse_scan(code, covered(code))

    def _on_slipped(self, keys: str) -> None:
        if self.workplace is not None:
            self.workplace.scans.warn(slipped(keys))

    def _refuse_scan(self, code: str, sentence: str) -> None:
        if self.workplace is not None:
            self.workplace.scans.refuse(sentence)
        elif self.sign_in_screen is not None:
            self.sounds.play(Sound.REFUSED)
            self.sign_in_screen.refuse_scan(code)
