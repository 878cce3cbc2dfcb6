"""The wire format of each catalogue, written from the made-up world."""
