"""The people who work in a store: keeping them, and telling whether somebody is one of them."""
