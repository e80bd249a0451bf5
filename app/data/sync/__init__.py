"""How this device and the others come to agree: modes, subscriptions, delivery, presence."""
