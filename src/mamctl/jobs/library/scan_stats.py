"""What a scan of the library did, in numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mamctl.domain.library.audio_integrity import AudioIntegrity
    from mamctl.domain.library.book import AudioFile


@dataclass(slots=True)
class ScanFigures:
    """What a scan did."""

    books: int = 0
    files: int = 0
    bytes: int = 0
    unchanged: int = 0
    gone: int = 0
    problems: int = 0
    sound: dict[AudioIntegrity, int] = field(default_factory=dict)

    def add(self, more: ScanFigures) -> None:
        """Count another scan in."""
        self.books += more.books
        self.files += more.files
        self.bytes += more.bytes
        self.unchanged += more.unchanged
        self.gone += more.gone
        self.problems += more.problems
        for sound, count in more.sound.items():
            self.sound[sound] = self.sound.get(sound, 0) + count

    def count(self, files: tuple[AudioFile, ...], problems: int) -> None:
        """Count one book that was read."""
        self.books += 1
        self.files += len(files)
        self.bytes += sum(file.found.size for file in files)
        self.problems += problems
        for file in files:
            self.sound[file.sound] = self.sound.get(file.sound, 0) + 1
