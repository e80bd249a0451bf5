"""The speaker of the computer: one sound at a time, and players that fail in silence."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.ui.core.sounds import Sound
from app.ui.core.speaker import ComputerSpeaker
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


def program(folder: Path, name: str, script: str, shell: str = "/bin/sh") -> tuple[str, ...]:
    """A player: its script gets the file as $1, and `log` to write to."""
    file = folder / name
    log = folder / "log"
    file.write_text(f"#!{shell}\nlog={log}\n{script}\n", encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return (str(file),)


def played(folder: Path) -> list[str]:
    log = folder / "log"
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


PLAYS = 'echo "$(basename "$1") $(head -c 4 "$1")" >> $log'


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    rings: list[None] = []
    monkeypatch.setattr(QApplication, "beep", lambda: rings.append(None))
    monkeypatch.setattr("app.ui.core.speaker._BELL_EVERY_MS", 1)
    return rings


@pytest_asyncio.fixture(loop_scope="module")
async def owner() -> AsyncIterator[QObject]:
    parent = QObject()
    yield parent
    for speaker in parent.findChildren(ComputerSpeaker):
        speaker.close()
    parent.deleteLater()


async def test_a_player_gets_the_file_of_each_sound(owner: QObject, tmp_path: Path):
    speaker = ComputerSpeaker(owner, [program(tmp_path, "player", PLAYS)])
    for sound in Sound:
        speaker.play(sound)
        await until(lambda: not speaker.playing, sound.value)
    assert played(tmp_path) == ["known.wav RIFF", "unknown.wav RIFF", "refused.wav RIFF"]


async def test_only_one_plays_at_a_time_and_the_last_one_counts(owner: QObject, tmp_path: Path):
    endless = PLAYS + '\ncase "$1" in *known.wav) exec sleep 600;; esac'
    speaker = ComputerSpeaker(owner, [program(tmp_path, "player", endless)])
    speaker.play(Sound.KNOWN)
    await until(lambda: played(tmp_path), "the first")
    speaker.play(Sound.UNKNOWN)
    speaker.play(Sound.REFUSED)
    await until(lambda: not speaker.playing, "the last")
    assert played(tmp_path) == ["known.wav RIFF", "refused.wav RIFF"]


async def test_a_player_that_fails_leads_to_the_next(
    owner: QObject, tmp_path: Path, rung: list[None]
):
    deaf = program(tmp_path, "deaf", "echo deaf >> $log; exit 1")
    wrong = program(tmp_path, "wrong", "", "/no/such/shell")
    good = program(tmp_path, "good", PLAYS)
    speaker = ComputerSpeaker(owner, [deaf, ("no-such-player",), wrong, good])
    for _ in range(2):
        speaker.play(Sound.KNOWN)
        await until(lambda: not speaker.playing, "the sound")
    assert played(tmp_path) == ["deaf", "known.wav RIFF", "known.wav RIFF"]
    assert not rung


@pytest.mark.parametrize(
    ("sound", "rings"), [(Sound.KNOWN, 1), (Sound.UNKNOWN, 2), (Sound.REFUSED, 3)]
)
async def test_without_a_player_the_bell_rings(
    owner: QObject, tmp_path: Path, rung: list[None], sound: Sound, rings: int
):
    deaf = program(tmp_path, "deaf", "exit 3")
    speaker = ComputerSpeaker(owner, [deaf])
    speaker.play(sound)
    await until(lambda: rung and not speaker.playing, "the bell")
    assert len(rung) == rings


async def test_the_end_of_the_program_ends_the_sound(owner: QObject, tmp_path: Path):
    player = program(tmp_path, "player", PLAYS + "\nexec sleep 600")
    speaker = ComputerSpeaker(owner, [player])
    speaker.play(Sound.REFUSED)
    await until(lambda: played(tmp_path), "it")
    folder = Path(next(iter(speaker._files.values()))).parent
    speaker.close()
    assert not speaker.playing
    assert not folder.exists()
