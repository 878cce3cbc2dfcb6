"""The specification as data: clauses, how each is checked, and the one place that lets an act pass."""
