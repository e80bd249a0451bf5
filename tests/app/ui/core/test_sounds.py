"""Sounds: three that differ, and a switch that stays."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QSettings

from app.ui.core.sounds import Sound, Sounds
from app.ui.core.tones import RATE, TONES, samples, write_tones
from tests.helpers.fakes import FakeSpeaker
from tests.helpers.waiting import collect


@pytest.mark.parametrize("sound", Sound)
def test_each_sound_is_a_file_that_players_take(sound: Sound, tmp_path: Path):
    with wave.open(str(write_tones(tmp_path)[sound])) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        assert 0.05 < file.getnframes() / RATE < 0.8


def test_they_differ_by_pitch_and_by_rhythm():
    pitch = {sound: {hertz for hertz, _ in tones if hertz} for sound, tones in TONES.items()}
    assert min(pitch[Sound.KNOWN]) > 2 * max(pitch[Sound.UNKNOWN] | pitch[Sound.REFUSED])
    assert [len([one for one in TONES[sound] if one[0]]) for sound in Sound] == [1, 2, 1]
    seconds = {sound: sum(one for _, one in tones) for sound, tones in TONES.items()}
    assert seconds[Sound.KNOWN] < seconds[Sound.UNKNOWN] < seconds[Sound.REFUSED]


@pytest.mark.parametrize("sound", Sound)
def test_no_tone_clicks_or_is_clipped(sound: Sound):
    made = samples(TONES[sound])
    assert made[0] == 0
    assert abs(made[-1]) < 3_000
    assert 10_000 < max(map(abs, made)) < 32_767


def test_the_switch_is_remembered_on_the_device(preferences: QSettings):
    speaker, parent = FakeSpeaker(), QObject()
    sounds = Sounds(preferences, speaker, parent)
    switched = collect(sounds.changed)
    assert sounds.on
    sounds.play(Sound.KNOWN)
    sounds.switch(False)
    sounds.switch(False)
    sounds.play(Sound.REFUSED)
    assert (speaker.played, switched) == ([Sound.KNOWN], [False])
    preferences.sync()
    again = QSettings(preferences.fileName(), QSettings.Format.IniFormat)
    later = Sounds(again, speaker, parent)
    assert not later.on
    later.switch(True)
    later.play(Sound.UNKNOWN)
    assert speaker.played == [Sound.KNOWN, Sound.UNKNOWN]
