"""The site's endpoints: those that its API documentation lists, and those that only your own choice opens."""

from __future__ import annotations

# MAM API documentation as of November 2026: account, search, store, address, torrent files.
DOCUMENTED = frozenset(
    {
        "/jsonLoad.php",
        "/tor/js/loadSearchJSONbasic.php",
        "/json/bonusBuy.php",
        "/json/jsonIp.php",
        "/json/dynamicSeedbox.php",
        "/json/checkCookie.php",
        "/tor/download.php",
    }
)

# login = "password": the site's rules do not allow it, so it is a choice of yours.
LOGIN_PAGES = frozenset({"/login.php", "/takelogin.php"})

# rules.read_pages = true: pages that are made for reading, once a day.
READING_PAGES = frozenset({"/rules.php", "/faq.php", "/freeleech.php", "/store.php", "/tor/browse.php"})


def endpoint(path: str) -> str:
    """The endpoint of a request's path: without query, and without what names one torrent."""
    plain = path.split("?", 1)[0]
    return "/tor/download.php" if plain.startswith("/tor/download.php") else plain
