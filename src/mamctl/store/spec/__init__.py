"""Reads from the store what the checks of the clauses rest on."""
