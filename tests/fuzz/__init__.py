"""Documents damaged at random, and what must be true of whatever is read from them."""
