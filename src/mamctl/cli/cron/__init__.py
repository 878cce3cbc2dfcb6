"""The lines of cron, and how a run shows that it was one of them."""

SCHEDULED = "MAMCTL_SCHEDULED"
"""The variable by which a scheduler's line says that it is one."""
