"""The practice catalogue: one made-up world of books in the wire format of each real catalogue."""
