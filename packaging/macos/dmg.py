"""What dmgbuild puts into the disk image, beside the folder it is dragged to. Not run."""

from pathlib import Path

application = defines["app"]  # noqa: F821 - dmgbuild runs this file with it
name = Path(application).name
files = [application]
symlinks = {"Applications": "/Applications"}
icon_locations = {name: (140, 120), "Applications": (360, 120)}
window_rect = ((200, 200), (500, 300))
icon_size = 96
format = "UDZO"
