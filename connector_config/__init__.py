"""What everybody is told about the data: collections, ids, document shapes, the local store."""
