"""Which values of an item of Audiobookshelf are somebody's word, and so evidence like any other.

Audiobookshelf records a value and not who set it. A value that mamctl sent, or that the server reads from folder, tags
and sidecars, is no evidence. What it once read there stays such a value when the files say otherwise later,
for the server keeps it. Any other value was set there, by hand or by a match, and stays somebody's word for as long as
the server says it: also when mamctl's own export repeats it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field as dataclass_field
from datetime import datetime
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.domain.library.abs_items import KEYS, Sent, ShelfItem, as_sent, is_empty, same
from mamctl.domain.library.audiobookshelf import Document, flatten, observe_abs, without_echo
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source

SERVER = "audiobookshelf"


@dataclass(frozen=True, slots=True)
class ItemWords:
    """`somebody` has the fields whose value somebody set, `observations` what those values say of the book, `read` what
    the server read by itself, in its own form.
    """

    somebody: frozenset[Field] = frozenset()
    observations: tuple[Observation, ...] = ()
    read: Mapping[Field, Any] = dataclass_field(default_factory=dict)


def judge_words(
    item: ShelfItem,
    known: Iterable[Document],
    sent: Mapping[Field, Sent],
    before: ItemWords,
    now: datetime,
) -> ItemWords:
    """Whose each value of the item is. `known` is all that the server may have read by itself, `before` what was
    judged of this book's item the last time.
    """
    values = flatten(item.metadata)
    documents = (*known, *(document for one in KEYS if one in sent for document in _sent_documents(one, sent[one])))
    unexplained = without_echo(values, documents)
    origin = Origin(Source.ABS_SERVER, f"{SERVER}:{item.id}", now)
    somebody, observations, read = set[Field](), list[Observation](), dict[Field, Any]()
    for field, key in KEYS.items():
        theirs = as_sent(field, item.metadata.get(key))
        if is_empty(theirs) or key not in values or _was_sent(field, theirs, sent):
            continue
        kept = tuple(one for one in before.observations if _key_of(one) == key)
        was_read = key not in unexplained or same(field, theirs, before.read.get(field))
        if was_read and not kept:
            read[field] = theirs
            continue
        new = tuple(observe_abs({key: item.metadata[key]}, origin))
        if _values(new) == _values(kept):
            observations += kept if all(one.place.startswith(f"{origin.place}#") for one in kept) else new
        elif was_read:
            read[field] = theirs
            continue
        else:
            observations += new
        somebody.add(field)
    return ItemWords(frozenset(somebody), tuple(observations), read)


def _sent_documents(field: Field, sent: Sent) -> Iterable[Document]:
    return (flatten({KEYS[field]: value}) for value in (sent.value, sent.earlier) if value is not None)


def _was_sent(field: Field, theirs: Any, sent: Mapping[Field, Sent]) -> bool:
    standing = sent[field].standing if field in sent else None
    return standing is not None and same(field, standing, theirs)


def item_of(observation: Observation) -> str:
    """The id of the item that says it."""
    return observation.place.removeprefix(f"{SERVER}:").rpartition("#")[0]


def _key_of(observation: Observation) -> str:
    return observation.place.rpartition("#")[2]


def _values(observations: Iterable[Observation]) -> set[tuple[Field, object]]:
    return {(one.field, one.value) for one in observations}
