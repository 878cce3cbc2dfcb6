"""The practice catalogue: one made-up world of books, told in the wire format of each real catalogue."""
