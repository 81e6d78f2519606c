"""The read side: builders of a Select, and beside them the readers that run them."""
