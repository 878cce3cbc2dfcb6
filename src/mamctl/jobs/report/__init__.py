"""The report: its figures, gathered from the store."""
