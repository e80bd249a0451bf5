"""The shared ground of all programs: the schema of the data, the local store, MongoDB, the link."""

# Of all three packages; the build reads it here, because everybody may import this one.
__version__ = "0.2.0"
