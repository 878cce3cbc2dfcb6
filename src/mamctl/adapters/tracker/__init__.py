"""The tracker: its living session, its documented API, and (only by a person's choice) its pages."""
