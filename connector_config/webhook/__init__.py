"""The auth webhook: it says who may sign in, and tells Ditto Cloud what they may do."""
