"""What Ditto is told about the data: collections, ids, document shapes, and where they live."""
