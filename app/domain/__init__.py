"""What a store is: entities, stock rules and search, in pure Python."""
