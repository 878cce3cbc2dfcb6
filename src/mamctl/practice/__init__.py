"""Working stand-ins for what cannot be had on every machine."""
