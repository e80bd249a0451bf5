"""The side of Ditto Cloud: portal, resources, permissions, and what it asks of a MongoDB."""
