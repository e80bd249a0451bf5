"""The three sounds as files, made of plain tones."""

from __future__ import annotations

import sys
import wave
from array import array
from collections.abc import Sequence
from math import pi, sin
from pathlib import Path
from typing import Final

from app.ui.core.sounds import Sound

RATE: Final = 22_050
"""Samples a second; each is one signed 16-bit number."""

Tone = tuple[float, float]
"""Hertz, 0 for a pause, and seconds."""

TONES: Final[dict[Sound, Sequence[Tone]]] = {
    Sound.KNOWN: ((1760.0, 0.09),),
    Sound.UNKNOWN: ((440.0, 0.12), (0.0, 0.07), (440.0, 0.12)),
    Sound.REFUSED: ((220.0, 0.55),),
}
"""One high and short, two low, one lower and long: told apart in a noisy room, and by rhythm."""

_LOUD = 0.5 * 32_767
_RAMP = 0.008
"""Seconds in which a tone comes and goes: cut off, it would click."""


def samples(tones: Sequence[Tone]) -> array[int]:
    """Tones one after the other as samples."""
    result = array("h")
    for hertz, seconds in tones:
        count = round(seconds * RATE)
        for at in range(count):
            ramp = min(1.0, at / RATE / _RAMP, (count - at) / RATE / _RAMP)
            # The third harmonic carries the low ones over a laptop's speaker.
            angle = 2 * pi * hertz * at / RATE
            wanted = 0.75 * sin(angle) + 0.25 * sin(3 * angle)
            result.append(round(_LOUD * ramp * wanted))
    return result


def write_tones(folder: Path) -> dict[Sound, Path]:
    """Write each sound as a WAV file of its own."""
    files = {}
    for sound, tones in TONES.items():
        data = samples(tones)
        if sys.byteorder == "big":
            data.byteswap()
        files[sound] = folder / f"{sound.value}.wav"
        with wave.open(str(files[sound]), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(data.itemsize)
            file.setframerate(RATE)
            file.writeframes(data.tobytes())
    return files
