"""The whole practice world: site, torrent client, catalogues, speech service and Audiobookshelf, and a home in it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from mamctl.dataclass import dataclass
from mamctl.practice.audiobookshelf.server import PracticeShelf
from mamctl.practice.catalogue.server import PracticeCatalogue, catalogue_sections
from mamctl.practice.catalogue.shelf_world import shelf_world
from mamctl.practice.client import ClientWorld, PracticeClient
from mamctl.practice.speech.server import PracticeSpeech
from mamctl.practice.tracker import PracticeTracker
from mamctl.practice.tracker.state import World

_CONFIG = """\
[tracker]
base_url = "{url}"
tracker_url = "{url}"
mam_id_file = "{home}/mam_id"
min_interval = 0
attempts = 1
[[qbittorrent]]
name = "practice"
url = "{client_url}"
password_file = "{home}/qbittorrent_password"
[vip]
auto_renew = true
[audio]
parallel = 1
[speech]
service = "azure"
azure_url = "{speech_url}"
azure_key_env = "MAMCTL_DEMO_SPEECH_KEY"
[library]
{folders}file_into = "{home}/books"
[queue]
disk_reserve = 0
[quality]
codecs = ["aac", "flac", "pcm"]
[audiobookshelf]
url = "{shelf_url}"
api_key_file = "{home}/abs_key"
[store]
path = "{home}/mamctl.db"
"""


@dataclass(frozen=True, slots=True)
class PracticeServers:
    """The servers while they run."""

    tracker: PracticeTracker
    client: PracticeClient
    catalogue: PracticeCatalogue
    speech: PracticeSpeech
    shelf: PracticeShelf

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the configuration names."""
        return {"MAMCTL_DEMO_SPEECH_KEY": self.speech.state.key}

    def settle(self, home: Path, library: Path | None = None) -> None:
        """Write a configuration that reaches the servers, with its secrets, into `home`, readable by its owner only.

        Audiobookshelf shows the library, if there is one, and what is filed.
        """
        (home / "books").mkdir(exist_ok=True)
        if library is not None:
            self.shelf.world.shelve(library)
            self.shelf.world.shelve(home / "books", library_id="lib-2")
        config = _CONFIG.format(
            url=self.tracker.url,
            client_url=self.client.url,
            speech_url=self.speech.url,
            shelf_url=self.shelf.url,
            home=home,
            folders=f'folders = ["{library}"]\n' if library else "",
        )
        files = {
            "mam_id": self.tracker.mam_id,
            "qbittorrent_password": self.client.world.password,
            "abs_key": self.shelf.world.key,
            "mamctl.toml": config + catalogue_sections(self.catalogue),
        }
        for name, text in files.items():
            with os.fdopen(os.open(home / name, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
                file.write(text)


@contextlib.contextmanager
def practice_world(site: World, client_world: ClientWorld) -> Iterator[PracticeServers]:
    """All servers on free ports of loopback, until the block ends."""
    with (
        PracticeTracker(site) as tracker,
        PracticeClient(client_world) as client,
        PracticeCatalogue(shelf_world()) as catalogue,
        PracticeSpeech() as speech,
        PracticeShelf() as shelf,
    ):
        yield PracticeServers(tracker, client, catalogue, speech, shelf)
