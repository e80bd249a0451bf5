"""Every statement that the product gives to Ditto, tried against an oracle that is written anew."""
