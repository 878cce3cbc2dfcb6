"""A correction that catalogues call for, made or proposed, and the key it is remembered by."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass
from mamctl.domain.metadata.observation import Field, Source, Value, value_to_json

if TYPE_CHECKING:
    from mamctl.domain.metadata.agreed_value import AgreedValue

PROTECTED = frozenset({Field.TITLE, Field.NARRATORS, Field.DURATION})
"""Fields that drift never overwrites, verified or not."""

Proposed = frozenset[tuple[Field, str]]
"""Fields with the JSON of values that were proposed before and wait for you, or were undone by you."""


class ChangeKind(StrEnum):
    """Who may make the change."""

    SAFE = "safe"
    NEEDS_USER = "needs_person"
    PROTECTED = "protected"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `old` is None where nothing was agreed. `chosen` is the agreed value it would become."""

    book: int
    field: Field
    old: Value | None
    new: Value
    source: Source
    kind: ChangeKind
    reason: str
    chosen: AgreedValue

    @property
    def key(self) -> tuple[Field, str]:
        """What is remembered of it as proposed."""
        return self.field, spell(self.new)


def spell(value: Value) -> str:
    """A value as canonical JSON."""
    return json.dumps(value_to_json(value), ensure_ascii=True, sort_keys=True)
