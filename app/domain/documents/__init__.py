"""Between documents as stored and entities: the one home of every conversion."""
