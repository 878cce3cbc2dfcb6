"""A practice Audiobookshelf: a small real web server with the calls that mamctl makes, and those it must not make."""
