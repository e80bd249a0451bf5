"""Undo: the last change of this device, whatever it was, looked up and taken back."""
