"""Pure generators: the same arguments give the same documents; no I/O, no clock."""
