"""What everybody is told about the data: collections, ids, document shapes, the local store."""

# Of all three packages; the build reads it here, because everybody may import this one.
__version__ = "0.2.0"
