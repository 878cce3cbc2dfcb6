"""A short NFO and a path, which the program must read as it reads those of a library."""

from __future__ import annotations

from datetime import datetime

from mamctl.domain.library.nfo import parse_nfo
from mamctl.domain.library.paths.observe import observe_path
from mamctl.domain.metadata.observation import Field, Origin, Source

_NFO = "Title: The Salt Road\nAuthor: Mara Vell\nRead by: Tom Asher\n"
_PATH = "Mara Vell/The Salt Road/The Salt Road.m4b"
_OF_PATH = {Field.TITLE: "The Salt Road", Field.AUTHORS: ("Mara Vell",)}
_OF_NFO = {**_OF_PATH, Field.NARRATORS: ("Tom Asher",)}


def read_samples(now: datetime) -> tuple[str, ...]:
    """What is not read as it stands in the samples, such as "title of the NFO"; nothing where all of it is."""
    nfo = {one.field: one.value for one in parse_nfo(_NFO, Origin(Source.NFO, "sample.nfo", now)).observations}
    path = {one.field: one.value for one in observe_path(_PATH, now)}
    misread = [f"{name} of the NFO" for name, value in _OF_NFO.items() if nfo.get(name) != value]
    return (*misread, *(f"{name} of the path" for name, value in _OF_PATH.items() if path.get(name) != value))
