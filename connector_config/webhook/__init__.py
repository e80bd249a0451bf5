"""The auth webhook: who may sign in, and what Ditto Cloud is told about them."""
