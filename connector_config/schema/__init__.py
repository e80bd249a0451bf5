"""The schema of all documents: collections, ids, shapes, scope and times."""
