"""`mamctl demo`: the real program on an embedded practice world, a few weeks in a few seconds."""
