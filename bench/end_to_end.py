"""How many books of a library that is known by names and lengths alone are found, and how many wrongly.

    python -m bench.end_to_end --set FILE [--show]

FILE is a list of {"path", "duration_s", "candidates": [{"id", "title", "authors", …}], "right": [ids]}. All candidates
of all books stand behind one server on loopback that speaks Audiobookshelf's contract for custom metadata providers;
each path is asked about as `meta match --path PATH --duration S` does.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mamctl.adapters.catalogues.client import CatalogueHttp, RequestPolicy
from mamctl.adapters.catalogues.custom import Custom
from mamctl.domain.catalogues.observe import queries_of_path
from mamctl.domain.library.paths.reading import read_path
from mamctl.domain.text.title_words import words_of
from mamctl.jobs.catalogues.match import match_readings

FOUND = 20  # what one search answers


class Shelf:
    """Records found by the words of title and authors that they share with a question, rare words first."""

    def __init__(self, records: list[dict[str, Any]]) -> None:
        self._records = {record["id"]: record for record in records}
        self._by_word: dict[str, set[str]] = defaultdict(set)
        for ident, record in self._records.items():
            for word in words_of(" ".join((record["title"], *record.get("authors", ())))):
                self._by_word[word].add(ident)

    def find(self, query: str, author: str) -> list[dict[str, Any]]:
        """At least one word of the title must be shared."""
        points: dict[str, float] = defaultdict(float)
        for word in set(words_of(query)):
            for ident in self._by_word.get(word, ()):
                points[ident] += 1 / len(self._by_word[word])
        for word in set(words_of(author)):
            for ident in self._by_word.get(word, set()) & points.keys():
                points[ident] += 1 / len(self._by_word[word])
        best = sorted(points.items(), key=lambda item: (-item[1], item[0]))[:FOUND]
        return [as_match(self._records[ident]) for ident, _ in best]


def as_match(record: dict[str, Any]) -> dict[str, Any]:
    """A record as the contract has it: names in one text, the length in minutes."""
    seconds = record.get("duration_s")
    match = {
        "title": record["title"],
        "subtitle": record.get("subtitle"),
        "author": ", ".join(record.get("authors", ())),
        "narrator": ", ".join(record.get("narrators", ())),
        "asin": record.get("asin") or record["id"],
        "duration": round(seconds / 60) if seconds else None,
        "language": record.get("language"),
        "series": [
            {"series": one["name"], "sequence": one.get("position")}
            for one in record.get("series", ())
            if isinstance(one, dict)
        ],
    }
    return {key: value for key, value in match.items() if value}


def serve(shelf: Shelf) -> ThreadingHTTPServer:
    """The server, running in a separate thread."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer a search."""
            asked = parse_qs(urlsplit(self.path).query)
            matches = shelf.find(asked.get("query", [""])[0], asked.get("author", [""])[0])
            body = json.dumps({"matches": matches}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", type=Path, required=True)
    parser.add_argument("--show", action="store_true", help="print every book that was not found")
    options = parser.parse_args()
    items = json.loads(options.set.read_text(encoding="utf-8"))
    server = serve(Shelf([record for item in items for record in item["candidates"]]))
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        http = CatalogueHttp(Path(folder), RequestPolicy(budget=10**9), now=lambda: datetime.now(UTC), sleep=time.sleep)
        catalogue = Custom(http, name="bench", base_url=f"http://127.0.0.1:{server.server_address[1]}", interval=0)
        for item in items:
            outcome, reason = ask(item, catalogue)
            outcomes[outcome] += 1
            if options.show and outcome != "right":
                print(f"{outcome:<10} {item['path']}: {reason}")
        requests = http.counters("bench")["asked"]
        http.close()
    server.shutdown()
    print(f"{len(items)} books: " + ", ".join(f"{word} {count}" for word, count in sorted(outcomes.items())))
    print(f"found {100 * outcomes['right'] / len(items):.1f} %, wrong {100 * outcomes['wrong'] / len(items):.2f} %")
    print(f"{requests / len(items):.2f} requests a book")


def ask(item: dict[str, Any], catalogue: Custom) -> tuple[str, str]:
    """What came of one book: "right", "wrong", "ambiguous" or "none", and why."""
    read = read_path(item["path"])
    questions = queries_of_path(read, item.get("duration_s")) if read else ()
    if not questions:
        return "none", "the path names nothing"
    verdict = match_readings(questions, [catalogue])[1].verdict
    if verdict.chosen is None:
        return verdict.kind.value, verdict.reason
    return ("right" if verdict.chosen.record.asin in item["right"] else "wrong"), verdict.reason


if __name__ == "__main__":
    main()
