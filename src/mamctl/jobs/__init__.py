"""Use cases: observe, decide, act, record."""
