"""The readers of outside data, each with right inputs to spoil and the errors that it may answer with."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bencode2 import bencode

from mamctl.adapters.catalogues.answer import Answer as CatalogueAnswer
from mamctl.adapters.http.body import UnreadableBodyError, read_body
from mamctl.adapters.http.policy import parse_retry_after
from mamctl.adapters.library.sidecar_json import observe_json
from mamctl.adapters.library.sidecar_xml import observe_xml
from mamctl.adapters.library.sidecars import observe_nfo, parse_yaml
from mamctl.adapters.library.tags import FileTags, read_tags
from mamctl.adapters.library.torrent_file import decode_bencoding, read_torrent
from mamctl.adapters.qbittorrent.main_data import Mirror, merge_main_data, read_snapshot
from mamctl.adapters.tracker.account import read_account
from mamctl.adapters.tracker.answers import Answer, check_answer
from mamctl.adapters.tracker.readers.read import read_page
from mamctl.adapters.tracker.rows import read_row
from mamctl.adapters.tracker.session import parse_seed, read_cookies
from mamctl.adapters.tracker.store_answers import read_purchase
from mamctl.adapters.tracker.unknown_answers import mask_answer
from mamctl.config.load import load
from mamctl.domain.library.paths.observe import observe_path
from mamctl.domain.matching.records import CatalogueUnavailableError
from mamctl.domain.text.credits import parse_credits
from mamctl.domain.text.dates import parse_date
from mamctl.domain.text.series import parse_series
from mamctl.domain.text.titles import parse_title
from mamctl.errors import MamctlError
from tests.unit.adapters.catalogues.test_any_answer import CASES
from tests.unit.adapters.library.test_sidecars import ABS, KODI, OPF, PRODUCT, STANDARD, YAML

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
_TAGGED = frozenset({".mp3", ".m4b", ".flac", ".opus", ".wma"})
_SCRATCH = Path(tempfile.mkdtemp(prefix="mamctl-fuzz-"))


@dataclass(frozen=True, slots=True)
class Reader:
    """`read` takes any bytes; `allowed` are the errors that name what is wrong with them."""

    read: Callable[[bytes], Any]
    seeds: tuple[bytes, ...]
    allowed: tuple[type[Exception], ...] = ()


def _text(function: Callable[[str], Any]) -> Callable[[bytes], Any]:
    return lambda data: function(data.decode("utf-8", "surrogateescape"))


def _file(name: str, function: Callable[[Path], Any]) -> Callable[[bytes], Any]:
    def read(data: bytes) -> Any:
        path = _SCRATCH / name
        path.write_bytes(data)
        path.chmod(0o600)
        return function(path)

    return read


def _tags(path: Path) -> None:
    found = read_tags(str(path))
    assert not isinstance(found, FileTags) or all(isinstance(key, str) for key in found.fields)


def _main_data(data: bytes) -> None:
    mirror = merge_main_data(Mirror(), _object(data))
    read_snapshot("home", "v5.1.0", mirror, full=True)


ACCOUNT = {
    "username": "ExampleMouse", "uid": 1, "classname": "VIP", "ratio": 1.52, "uploaded_bytes": 10**12,
    "downloaded_bytes": 6 * 10**11, "seedbonus": 12_345, "wedges": 7, "vip_until": "2027-01-15 10:00:00",
    "unsat": {"count": 3, "limit": 50}, "connectable": "yes",
}  # fmt: skip
ROW = {
    "id": 7, "title": "The Salt Road", "author_info": '{"7": "Mara Vell"}', "narrator_info": '{"9": "Tom Asher"}',
    "series_info": '{"3": ["Lantern Cycle", "2"]}', "size": "350.1 MiB", "seeders": 4, "free": 0, "fl_vip": 1,
    "filetype": "m4b", "added": "2026-01-02 03:04:05", "lang_code": "ENG", "category": 41,
}  # fmt: skip
MAIN_DATA = {
    "rid": 3, "full_update": True, "server_state": {"alltime_ul": 10**12, "alltime_dl": 9 * 10**11},
    "torrents": {"a" * 40: {"name": "Salt", "state": "stalledUP", "progress": 1, "tags": "x, y", "size": 9}},
    "trackers": {"https://t.example.net/a/announce": ["a" * 40]},
}  # fmt: skip
TORRENT = {
    "announce": "https://t.example.net/KEY/announce",
    "info": {"name": "Salt", "piece length": 16_384, "pieces": b"x" * 20, "private": 1,
             "files": [{"length": 5, "path": ["CD 1", "01.mp3"]}, {"length": 7, "path": ["cover.jpg"]}]},
}  # fmt: skip
PATHS = (
    b"Mara Vell/Lantern Cycle/Book 2 - The Salt Road {Tom Asher} [B00TEST123]",
    b"Vell, Mara & Penn, Jo - Lantern Cycle 02 - Salt Road (2013) (Unabridged)",
    "Мара Велл - Соляная дорога (читает Том Ашер)".encode(),
)
CONFIG = (
    b"[tracker]\nmin_interval = 2\ndaily_budget = 500\n[vip]\nauto_renew = true\n[ratio]\nfloor = 1.0\n"
    b'[[qbittorrent]]\nname = "home"\nurl = "http://127.0.0.1:8080"\n[notify]\nurls = ["json://host"]\n'
)
PAGE = (
    b"<html><head><title>FAQ | My Anonamouse</title></head><body id='siteMain'><div id='mainBody'><h2>Rules</h2><p>"
    + b"Seed every book for three days, and be kind to each other. " * 4
    + b"</p></div></body></html>"
)
NFO = b"\n".join((b"Title.......: The Salt Road", b"Author......: Mara Vell", b"Read by: Tom Asher",
                  b"Series: Cycle #2", b"Description", b"-----------",
                  b"A road of salt, and what became of it."))  # fmt: skip


def readers(audio: Path | None) -> dict[str, Reader]:
    """All readers by name; `audio` is a folder of small audio files for the tags, if there is one."""
    answer = partial(Answer, "/jsonLoad.php", 200)
    every = {
        "paths and names": Reader(_text(lambda text: observe_path(text, NOW)), PATHS),
        "titles": Reader(_text(parse_title), PATHS),
        "people": Reader(_text(parse_credits), (b"Vell, Mara & Penn, Jo; read by Tom Asher, PhD", b"A. B. Vell et al")),
        "series": Reader(_text(parse_series), (b"Lantern Cycle, Book Two; Shore #1-3", b"Cycle 2.5")),
        "dates": Reader(_text(parse_date), (b"2013-05-14", b"14. Mai 2013", b"\xe2\x84\x972013")),
        "NFO": Reader(lambda data: observe_nfo(data, "x.nfo", NOW), (NFO, KODI.encode())),
        "XML sidecars": Reader(
            lambda data: observe_xml(data, "x", NOW), (OPF.encode(), STANDARD.encode(), KODI.encode()), (ValueError,)
        ),
        "YAML sidecars": Reader(parse_yaml, (YAML.encode(),), (ValueError,)),
        "JSON sidecars": Reader(
            lambda data: observe_json(data, "metadata.json", "x", NOW),
            (json.dumps(ABS).encode(), json.dumps(PRODUCT).encode()),
            (ValueError,),
        ),
        "torrents": Reader(_file("t.torrent", read_torrent), (bencode(TORRENT),), (ValueError,)),
        "bencoding": Reader(decode_bencoding, (bencode(TORRENT),), (ValueError,)),
        "account": Reader(lambda data: read_account(answer(data)), (json.dumps(ACCOUNT).encode(),), (MamctlError,)),
        "purchase": Reader(
            lambda data: read_purchase(answer(data)),
            (b'{"success": true, "type": "VIP", "amount": 4.0, "seedbonus": 1234.5}', b'{"error": "no"}'),
            (MamctlError,),
        ),
        "any answer": Reader(
            lambda data: check_answer(answer(data)), (b"Error, you are not signed in", PAGE), (MamctlError,)
        ),
        "copies of unknown answers": Reader(
            lambda data: mask_answer(answer(data)), (PAGE, json.dumps(ACCOUNT).encode(), b'{"data": [{"id": 1', b"no")
        ),
        "packed bodies": Reader(
            lambda data: read_body((data[:9], data[9:]), "gzip", 1_000_000),
            (gzip.compress(PAGE), gzip.compress(b"one") + gzip.compress(b"two")),
            (UnreadableBodyError,),
        ),
        "search row": Reader(
            lambda data: read_row(_object(data)), (json.dumps(ROW).encode(),), (MamctlError, ValueError)
        ),
        "site pages": Reader(_text(lambda text: read_page(text, "faq.html")), (PAGE,), (MamctlError,)),
        "main data": Reader(_main_data, (json.dumps(MAIN_DATA).encode(),), (MamctlError, ValueError)),
        "session": Reader(_text(parse_seed), (b"mam_id=abc%3D; path=/", b'Cookie: mam_id="abc"'), (MamctlError,)),
        "cookies": Reader(
            _text(lambda text: read_cookies(text.split("\n"), 0.0)), (b"mam_id=abc; Max-Age=9; path=/\nuid=1",)
        ),
        "Retry-After": Reader(
            _text(lambda text: parse_retry_after(text, 0.0)), (b"120", b"Wed, 25 Nov 2026 12:00:00 GMT")
        ),
        "configuration": Reader(_file("mamctl.toml", lambda path: load(path, {})), (CONFIG,), (MamctlError,)),
    }
    for name, (read, reply) in CASES.items():
        parse = lambda data, read=read: read(CatalogueAnswer(200, data, NOW, ""))  # noqa: E731
        every[name] = Reader(parse, (reply.body,), (CatalogueUnavailableError,))
    for path in sorted(audio.rglob("*")) if audio else ():
        if (
            path.is_file()
            and path.stat().st_size < 400_000
            and path.suffix in {".mp3", ".m4b", ".flac", ".opus", ".wma"}
        ):
            name = f"tags {path.suffix}"
            if name not in every:
                every[name] = Reader(_file(f"x{path.suffix}", _tags), (path.read_bytes(),))
    return every


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except RecursionError as error:
        raise ValueError("too deep") from error  # the site's answers are parsed by answers.json_of
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004
    return found
