"""The MongoDB side: a server, a connection, the collections, their indexes and change streams."""
