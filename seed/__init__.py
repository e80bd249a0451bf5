"""Makes the retail data set and puts it into stores."""
