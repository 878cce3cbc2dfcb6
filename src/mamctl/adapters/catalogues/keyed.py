"""Catalogues that are asked with your key or token."""

from __future__ import annotations

from typing import ClassVar

from mamctl.adapters.catalogues.by_id import LooksUpById
from mamctl.adapters.catalogues.call import Call, Credential
from mamctl.adapters.catalogues.client import CatalogueHttp
from mamctl.domain.matching.records import CatalogueUnavailableError, Unavailability
from mamctl.domain.secret import Secret


class KeyedCatalogue(LooksUpById):
    """Its calls carry the key; without one it is keyless, not down."""

    name: ClassVar[str]
    home: ClassVar[str]
    remedy: ClassVar[str]
    by_asin_only = False

    def __init__(self, http: CatalogueHttp, *, key: Secret | None, base_url: str = "", interval: float = 1.0) -> None:
        self._http = http
        self._key = key
        self._base_url = base_url or self.home
        self._interval = interval

    def _credential(self, key: Secret) -> Credential:
        return Credential("key", key)

    def _call(
        self,
        path: str,
        params: tuple[tuple[str, str], ...] = (),
        *,
        body: str | None = None,
        spoken: frozenset[int] = frozenset(),
    ) -> Call:
        """A question with the key. Raises CatalogueUnavailableError when there is none."""
        if not self._key:
            raise CatalogueUnavailableError(
                self.name, Unavailability.KEYLESS, "no key is configured", remedy=self.remedy
            )
        return Call(
            catalogue=self.name,
            url=self._base_url + path,
            params=params,
            body=body,
            credential=self._credential(self._key),
            interval=self._interval,
            spoken=spoken,
        )
