"""What documents look like: collections, ids, shapes, scope and times."""
