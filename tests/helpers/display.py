"""A display of one's own: Xvfb, keys through xdotool, and pictures from its frame buffer."""

from __future__ import annotations

import ctypes
import os
import struct
import subprocess
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from PySide6.QtGui import QImage

_ACCENT = bytes((0x61, 0x6B, 0x0B))  # of the light theme: blue, green, red


class _ClientMessage(ctypes.Structure):
    """XClientMessageEvent of Xlib, as long as an XEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("padding", ctypes.c_long * 12),
    )


class Display:
    """An X server without a window manager; close it when done."""

    def __init__(self, folder: Path, width: int = 1400, height: int = 900) -> None:
        reading, writing = os.pipe()
        self._server = subprocess.Popen(
            [
                *("Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24"),
                # Else it refuses connections for a moment whenever the last client has left.
                *("-fbdir", str(folder), "-nolisten", "tcp", "-noreset"),
            ],
            pass_fds=[writing],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as numbers:
            self.name = f":{numbers.readline().strip()}"
        assert self.name != ":", "Xvfb did not start"
        self._frame_buffer = folder / "Xvfb_screen0"

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment, on this display."""
        return {**os.environ, "DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb"}

    def close(self) -> None:
        """End the X server."""
        self._server.terminate()
        self._server.wait(10)

    def xdotool(self, *arguments: str) -> str:
        """What a person's hands do; returns what it says."""
        result = subprocess.run(
            ["xdotool", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        return result.stdout.strip()

    def type(self, text: str) -> None:
        """Type as a person does: slower than a scanner, and never in step."""
        paces = cycle(("0.14", "0.21", "0.16", "0.19"))
        for key in text:
            chain = ("key", "space" if key == " " else key, "sleep", next(paces))
            self.xdotool(*chain)

    def ask_to_close(self, window: int) -> None:
        """What a window manager sends when the cross is clicked (xdotool only destroys)."""
        x = ctypes.CDLL("libX11.so.6")
        x.XOpenDisplay.restype = ctypes.c_void_p
        x.XInternAtom.restype = ctypes.c_ulong
        display = ctypes.c_void_p(x.XOpenDisplay(self.name.encode()))
        message = _ClientMessage(
            type=33,
            window=window,
            message_type=x.XInternAtom(display, b"WM_PROTOCOLS", 0),
            format=32,
        )
        message.data[0] = x.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
        x.XSendEvent(display, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(message))
        x.XCloseDisplay(display)

    def picture(self) -> QImage:
        """What the display shows."""
        data = self._frame_buffer.read_bytes()
        # The X window dump format: a header of big-endian numbers, a colour map, the pixels.
        header = struct.unpack_from(">25I", data)
        size, width, height, line, colours = (header[at] for at in (0, 4, 5, 12, 19))
        pixels = data[size + 12 * colours :]
        return QImage(pixels, width, height, line, QImage.Format.Format_RGB32).copy()

    def part(self, left: int, top: int, width: int, height: int) -> bytes:
        """The pixels of a part of the display, four bytes each."""
        image = self.picture().copy(left, top, width, height)
        # The bits belong to the image, which must outlive the copying.
        return bytes(image.constBits())

    def is_still(self, left: int, top: int, width: int, height: int) -> bool:
        """Whether a part of the display has stopped changing."""
        before = self.part(left, top, width, height)
        time.sleep(0.4)
        return self.part(left, top, width, height) == before

    def has_a_form(self, left: int, top: int, width: int, height: int) -> bool:
        """Whether a button in the colour of the brand asks to be pressed in that part."""
        return self.part(left, top, width, height).count(_ACCENT) > 1500


def wait_for(holds: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Wait for something outside of this process."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain for {what}"
        time.sleep(0.05)
