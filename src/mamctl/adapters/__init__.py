"""One outside thing a file; no decision lives here."""
