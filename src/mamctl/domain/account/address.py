"""The address that the tracker sees us come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeenAddress:
    """What sessions are locked to: the address itself, or the number of its network (ASN)."""

    ip: str
    asn: int | None = None
    network: str | None = None
