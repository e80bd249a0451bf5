"""People: who works in a store, and what they sign in with."""
