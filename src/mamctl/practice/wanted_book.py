"""A book that exists: on the practice site, with its seeders, and in the practice client once it has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.practice.library import make_recording
from mamctl.practice.tracker.contents import info_of_content, list_content
from mamctl.practice.tracker.state import Torrent

if TYPE_CHECKING:
    from pathlib import Path

    from mamctl.practice.client.state import ClientWorld
    from mamctl.practice.tracker.state import World

TITLE, AUTHOR, NARRATOR = "The Lamplighter's Map", "Mara Vell", "Tom Asher"
_NUMBER = 499_001
_ANNOUNCE = "https://t.myanonamouse.net/tracker.php/{passkey}/announce"


def list_wanted_book(home: Path, site: World, client: ClientWorld) -> Torrent:
    """The torrent on the site, counted at first, with its content below `home`; the client downloads it from there."""
    folder = home / "seeders" / f"{AUTHOR} - {TITLE}"
    folder.mkdir(parents=True)
    made = make_recording(folder / f"{TITLE}.flac", pitch=220)
    site.announce_url = _ANNOUNCE
    client.save_path, client.swarm_rate = str(home / "downloads"), 1_000_000
    client.contents[folder.name] = folder
    return site.list_torrent(
        Torrent(
            _NUMBER,
            TITLE,
            [AUTHOR],
            41,
            sum(path.stat().st_size for path in list_content(folder)),
            site.clock(),
            narrators=[NARRATOR],
            filetype=made.suffix.removeprefix("."),
            info=info_of_content(folder),
        )
    )
