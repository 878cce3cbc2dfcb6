"""TOML to frozen sections; every fault is reported at once."""
