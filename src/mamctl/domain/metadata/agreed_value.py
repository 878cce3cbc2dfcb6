"""The value that was chosen for one field of a book, and why."""

from __future__ import annotations

from mamctl.dataclass import dataclass
from mamctl.domain.metadata.observation import Field, Source, Value


@dataclass(frozen=True, slots=True)
class AgreedValue:
    """The value chosen for a field, with the source that won, why, and whether you have locked it."""

    field: Field
    value: Value
    confidence: float
    source: Source
    reason: str
    verified: bool = False
