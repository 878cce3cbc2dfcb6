"""`mamctl demo`: the real program on embedded practice sites, a few months in a few seconds."""
