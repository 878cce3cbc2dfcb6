"""LibriVox' feed; nothing found is status 404."""

from __future__ import annotations

from mamctl.domain.json_values import Json
from mamctl.domain.text.normalize import fold
from mamctl.practice.catalogue.wire.reply import Asked, Reply, html_of, reply_json
from mamctl.practice.catalogue.world import Recording, Work


def answer_librivox(asked: Asked) -> Reply:
    """`/api/feed/audiobooks`, by number or by the beginning of a title and an author's last name."""
    works = _found(asked)
    if asked.path != "/api/feed/audiobooks" or not works:
        return reply_json({"error": "Audiobooks could not be found"}, 404)
    return reply_json({"books": [_book(work, work.recordings[0]) for work in works if work.recordings]})


def _found(asked: Asked) -> list[Work]:
    if asked.wrong_book:
        return list(asked.shelves.world.works[:1])
    if number := asked.param("id"):
        work = asked.shelves.world.by_id.get(int(number)) if number.isdigit() else None
        return [work] if work else []
    start, last = fold(asked.param("title").lstrip("^")), fold(asked.param("author"))
    return [
        work
        for work in asked.shelves.world.works
        if fold(work.title).startswith(start)
        and (not last or any(fold(name).endswith(last) for name in work.authors))
        and asked.shelves.knows("librivox", work)
    ][:50]


def _book(work: Work, recording: Recording) -> dict[str, Json]:
    hours, rest = divmod(recording.duration_s, 3600)
    first, _, last = work.authors[0].rpartition(" ")
    return {
        "id": str(work.id),
        "title": work.title,
        "description": html_of(work.description),
        "language": work.language,
        "copyright_year": work.first_published[:4] if work.id % 3 else "0",
        "num_sections": "2",
        "totaltime": f"{hours:02}:{rest // 60:02}:{rest % 60:02}",
        "totaltimesecs": recording.duration_s,
        "url_librivox": f"https://catalogue.test/librivox/{work.id}",
        "authors": [{"id": "1", "first_name": first, "last_name": last, "dob": "1850", "dod": "1910"}],
        "sections": [
            {
                "section_number": str(number),
                "title": f"Section {number}",
                "readers": [{"reader_id": "1", "display_name": recording.narrators[0]}],
            }
            for number in (1, 2)
        ],
        "genres": [{"id": "1", "name": name} for name in work.genres],
    }
