"""The tracker: its living session, its documented API, and (only where the configuration allows it) its pages."""
