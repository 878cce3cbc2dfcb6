"""Alerts: figures that cross a threshold of `[alerts]`, each with its clause and the command that helps."""
