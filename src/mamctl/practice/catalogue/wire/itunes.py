"""Apple's iTunes search."""

from __future__ import annotations

from mamctl.domain.json_values import Json
from mamctl.practice.catalogue.wire.reply import Asked, Reply, html_of, reply_json
from mamctl.practice.catalogue.world import Recording, Rendering, Work

_NUMBER = 700_000


def answer_itunes(asked: Asked) -> Reply:
    """`/search` and `/lookup`."""
    if asked.path == "/lookup":
        number = asked.param("id")
        work = asked.shelves.world.by_id.get(int(number) - _NUMBER) if number.isdigit() else None
        works = [work] if work else []
    elif asked.wrong_book:
        works = list(asked.shelves.world.works[:3])
    else:
        works = asked.shelves.find("itunes", words=asked.param("term"))
    results = [_result(work, work.recordings[0]) for work in works if work.recordings]
    return reply_json({"resultCount": len(results), "results": results})


def _result(work: Work, recording: Recording) -> dict[str, Json]:
    note = "Abridged" if recording.rendering is Rendering.ABRIDGED else "Unabridged"
    return {
        "wrapperType": "audiobook",
        "artistName": " & ".join(work.authors),
        "collectionName": f"{work.title} ({note})",
        "collectionId": _NUMBER + work.id,
        "artworkUrl100": f"https://catalogue.test/a/{work.id}/100x100bb.jpg",
        "trackCount": 1,
        "releaseDate": f"{recording.released}T07:00:00Z",
        "primaryGenreName": work.genres[0] if work.genres else "Audiobooks",
        "description": html_of(work.description),
    }
