"""The running client: what it shows on an open store, and who is signed in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QLocale, QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication

from app.beginning import Beginning
from app.config.dependencies import Shift, make_shift
from app.config.repositories import Repositories
from app.config.screens.parts import DeviceParts
from app.config.syncing import make_sync
from app.data.stock.catalogue import StoreDirectory
from app.data.store.device import load_device
from app.data.store.session import Session
from app.data.sync.modes import Mode, choose, connection
from app.data.sync.service import SyncService
from app.domain.entities import Actor, Device, Profile, Role, Store
from app.domain.errors import StorageError
from app.door import Door
from app.entrance import Entrance
from app.hearing import Hearing
from app.opening import Ahead, OpenStore, open_store
from app.settings import Settings, check_store
from app.shifts import Shifts, SignedIn
from app.ui.core.appearance import Appearance
from app.ui.core.bindings import Binding
from app.ui.core.conventions import conventions_of
from app.ui.core.dialogs import put_away
from app.ui.core.field_undo import FieldUndo
from app.ui.core.formats import money, number
from app.ui.core.garbage import GarbageCollector
from app.ui.core.here import enter_shop, leave_shop
from app.ui.core.idle import IdleLock
from app.ui.core.scanner import ScannerFilter
from app.ui.core.scanner_settings import load_scanner_settings
from app.ui.core.sounds import Silence, Sounds, Speaker
from app.ui.core.tasks import finish
from app.ui.shell.sign_in import SignInScreen, remember
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
        self.settings = settings
        self.now = now
        preferences = settings.data_dir / "zava.ini"
        self._preferences = QSettings(str(preferences), QSettings.Format.IniFormat)
        self.appearance = Appearance(application, self._preferences, settings.theme)
        self.sounds = Sounds(self._preferences, speaker or Silence(), self)
        self.window = MainWindow(self._preferences)
        self.window.may_close = self._may_close
        self._bind_text_size()
        self._scanner = ScannerFilter(application)
        FieldUndo(application, self)
        self._scanner.reader.settings = load_scanner_settings(self._preferences)
        self._hearing = Hearing(self, self._scanner)
        self._application = application
        self.entrance = Entrance(self)
        self.beginning = Beginning(self)
        self._idle = IdleLock(settings.lock_minutes, lambda: self._scanner.touched_at, self)
        self._idle.expired.connect(self.lock)
        self.session: Session
        self.sync: SyncService
        self.device: Device
        self.door: Door
        self.stores: list[Store] = []
        self.sign_in_screen: SignInScreen | None = None
        self.repositories: Repositories
        self._shifts = Shifts()
        self._ahead = Ahead(lambda it: open_store(self.session, self.now, it, self.stores))
        self._stop_waiting: Callable[[], None] = lambda: None

    @property
    def signed_in(self) -> SignedIn | None:
        """Who is at work at the window; None while nobody is, or the lock is shown."""
        return self._shifts.current

    @property
    def shift(self) -> Shift | None:
        """What belongs to whoever is signed in."""
        return None if self.signed_in is None else self.signed_in.shift

    @property
    def workplace(self) -> Workplace | None:
        """What is shown while somebody is signed in."""
        return None if self.shift is None else self.shift.workplace

    async def start(self, session: Session) -> None:
        """Show the sign-in on an open session."""
        self.session = session
        self.door = Door(session, self.now, self)
        self.device = load_device(self.settings.data_dir)
        self.sync = make_sync(session, self.settings, self._preferences, self.device, self.now)
        await ensure_indexes(session.query)
        directory = StoreDirectory(session)
        self.stores = await directory.stores()
        check_store(self.settings, self.stores)
        await self.sync.open()
        await self.door.open(hears_others=self.sync.state.mode is not Mode.OFFLINE)
        self.door.changed.connect(self.entrance.look_again)
        if not self.stores and self.sync.state.mode is Mode.OFFLINE:
            self.beginning.show()
            return
        self.show_sign_in()
        if not self.stores:
            # A new device gets its stores from the others.
            self._stop_waiting = directory.watch(self._on_stores)

    async def restart(
        self, settings: Settings, while_closed: Callable[[], None] = lambda: None
    ) -> None:
        """Close the store, and open it with other settings; nobody is signed in then.

        Raises UserError where that does not work, with the store open as it was before.
        """
        before = self.settings
        self._end_shifts()
        await self._close_store()
        try:
            while_closed()
            session = await self._opened(settings)
        except UserError:
            await self.start(await self._opened(before))
            raise
        self.settings = settings
        await self.start(session)

    async def _opened(self, settings: Settings) -> Session:
        opening = connection(settings, choose(settings).mode)
        return await Session.open(settings.data_dir, self.now, opening)

    async def begin_as_manager(self) -> None:
        """Ask who is working in a store that has just begun; whoever begins it manages it."""
        self.stores = await StoreDirectory(self.session).stores()
        self._preferences.setValue("profile/role", Role.MANAGER.value)
        self.show_sign_in()

    def show_sign_in(self) -> None:
        """Leave the workplace, if there is one, and ask who is working."""
        self.leave()
        self._ask_who()

    def leave(self) -> None:
        """End the work of whoever is signed in, if anybody is."""
        self._idle.stop()
        self._shifts.leave()
        leave_shop()

    def lock(self) -> None:
        """Leave the workplace as it is, and ask who is working; only people of a store can."""
        signed_in = self.signed_in
        if signed_in is None or not signed_in.profile.person_id:
            return
        asked = put_away()
        self._idle.stop()
        self._shifts.lock(asked)
        leave_shop()
        self._ask_who(signed_in)

    def _ask_who(self, locked: SignedIn | None = None) -> None:
        screen = SignInScreen(
            self.stores,
            self._preferences,
            self.settings.store_id,
            self.settings.role,
            "" if self.sync.state.mode is Mode.OFFLINE else self.sync.state.mode.through,
            self.door.people,
            locked.profile if locked is not None else None,
        )
        self.entrance.serve(screen)
        screen.begun.connect(self._open_ahead)
        self.beginning.leave()
        self.sign_in_screen = screen
        kept = locked.shift.workplace if locked is not None else None
        self.window.show_page(screen, kept)
        screen.focus_first()
        self.changed.emit()

    def show_problem(self, error: UserError) -> None:
        """Say on the sign-in why somebody is not let in."""
        if self.sign_in_screen is None:
            self.show_sign_in()
        assert self.sign_in_screen is not None
        self.sign_in_screen.show_problem(str(error))

    async def sign_in(self, profile: Profile) -> None:
        """Let somebody in: show the workplace, theirs if they had locked it.

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
        if (back := self._shifts.unlock(profile)) is not None:
            self._ahead.leave()
            await self._show_workplace(back)
            back.shift.workplace.resume()
            return
        self.leave()
        place = await self._open_store(profile.store_id)
        self.repositories = place.repositories
        enter_shop(place.store, self.stores)
        try:
            await self.sync.enter(profile, place.store.short_name, self.device)
            shift = make_shift(
                place.repositories,
                self.sync,
                self.appearance,
                Actor(profile, self.device, lambda: self.sync.connected),
                self.stores,
                self.settings.data_dir / "pictures",
                DeviceParts(self._scanner, self.sounds, self._preferences, self.settings.data_dir),
                self.lock if profile.person_id else self.show_sign_in,
                self.entrance.move,
                conventions_of(QLocale()),
            )
        except BaseException:
            if place is not self._shifts.place:
                place.opened.close()
            leave_shop()
            raise
        self._shifts.enter(SignedIn(profile, place, shift))
        shift.workplace.scans.heard.connect(self.sounds.play)
        self._show(shift.workplace, profile)
        shift.workplace.go(FIND)
        shift.workplace.bar.focus()
        place.repositories.catalogue.understand()

    async def _open_store(self, store_id: str) -> OpenStore:
        """The store, open; it is open already where somebody in it left the workplace locked."""
        place = self._shifts.place
        if place is not None and place.store.store_id == store_id:
            return place
        place = await self._ahead.take(store_id)
        self.stores = list(place.stores)
        self._stop_waiting()
        return place

    def _open_ahead(self, store_id: str) -> None:
        """Somebody is about to enter a store: what it takes is read while they type."""
        place = self._shifts.place
        if place is None or place.store.store_id != store_id:
            self._ahead.begin(store_id)

    async def _show_workplace(self, back: SignedIn) -> None:
        """Show a workplace that was locked."""
        self.repositories = back.place.repositories
        enter_shop(back.place.store, self.stores)
        await self.sync.enter(back.profile, back.place.store.short_name, self.device)
        self._show(back.shift.workplace, back.profile)

    def _show(self, workplace: Workplace, profile: Profile) -> None:
        self.sign_in_screen = None
        self.door.kept_here.clear()
        self.window.show_page(workplace)
        remember(profile, self._preferences)
        if profile.person_id:
            self._idle.start()
        self.changed.emit()

    async def close(self) -> None:
        """Stop everything and close the store; what was being written is finished first."""
        self.entrance.close()
        self.beginning.stop()
        self._application.removeEventFilter(self._scanner)
        self.sounds.close()
        self._idle.stop()
        if self.beginning.running:
            # It may be about to open the store anew.
            await finish(_FINISH_SECONDS)
        self._end_shifts()
        await finish(_FINISH_SECONDS)
        await self._close_store()
        self._garbage.close()

    def _end_shifts(self) -> None:
        self._stop_waiting()
        self._stop_waiting = lambda: None
        self.leave()
        self._ahead.leave()
        self._shifts.close()
        self.door.close()

    async def _close_store(self) -> None:
        await self.sync.close()
        await self.session.close()

    def _say_waiting(self, profile: Profile) -> None:
        if self.sign_in_screen is not None:
            names = (one.short_name for one in self.stores if one.store_id == profile.store_id)
            self.sign_in_screen.show_waiting(
                f"Reading the catalogue of {next(names, 'the store')}. A large one takes seconds."
            )

    def _may_close(self) -> bool:
        return self.workplace is None or self.workplace.may_end()

    def _bind_text_size(self) -> None:
        look = self.appearance
        self.window.keys.bind(
            self.window,
            Binding("Ctrl++", "Larger text", lambda: look.step_text_size(1), ("Ctrl+=",)),
            Binding("Ctrl+-", "Smaller text", lambda: look.step_text_size(-1)),
            Binding("Ctrl+0", "Text in the size of the system", lambda: look.choose_text_size(100)),
            everywhere=True,
        )

    def _on_stores(self, stores: list[Store]) -> None:
        if self.sign_in_screen is not None and stores != self.stores:
            self.stores = stores
            self.sign_in_screen.show_stores(stores)
