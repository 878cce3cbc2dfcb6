"""Polite HTTP: pace, limits of size and time, failures in words.

httpx imports the parts of its own command line, and with them all of rich, wherever those are installed; a program that
calls it needs none, and they took longer to import than the rest of it.
"""

import sys

# The import of a module that is None here fails, which httpx foresees. Those that import httpx come after this package.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
