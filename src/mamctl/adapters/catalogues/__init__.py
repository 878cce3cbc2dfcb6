"""The world's catalogues: one file each, and the HTTP layer they share."""
