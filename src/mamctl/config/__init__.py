"""TOML to frozen sections; every fault is reported at once."""

from mamctl.config.load import ConfigFaultsError, Fault, Loaded, load, parse
from mamctl.config.sections import Config

__all__ = ["Config", "ConfigFaultsError", "Fault", "Loaded", "load", "parse"]
