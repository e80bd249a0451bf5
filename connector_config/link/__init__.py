"""The link joins the store of one device and one MongoDB, as the managed connector does for all."""
