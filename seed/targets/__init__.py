"""The stores that the data set can be put into."""
