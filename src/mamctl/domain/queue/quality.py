"""Whether a release is good enough: every rule answers yes, no or unknown, on what is claimed and on what is measured.

What is unknown never refuses: it is judged again after the download, by the decoder's facts (QUAL-1, QUAL-3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass
from mamctl.domain.library.audio_integrity import AudioIntegrity
from mamctl.domain.text.languages import parse_language
from mamctl.domain.text.quantities import show_size
from mamctl.regex import regex

if TYPE_CHECKING:
    from mamctl.domain.library.book import AudioFile
    from mamctl.domain.queue.policy import QualityPolicy
    from mamctl.domain.site.search import TorrentRow

ABRIDGED_FLAG = 32  # of a row's browse flags
_AUDIO_TYPES = frozenset({"m4b", "m4a", "mp4", "aac", "mp3", "flac", "ogg", "oga", "opus", "wav", "wma", "alac"})
# What a file type tells of the codec for certain; an m4b may hold AAC, ALAC or xHE-AAC.
_CODEC_OF_TYPE = {"mp3": "mp3", "flac": "flac", "opus": "opus", "ogg": "vorbis", "oga": "vorbis", "aac": "aac"}
# MediaInfo's and ffmpeg's names, by their beginning.
_CODEC_NAMES = (
    (regex(r"(?:xhe-?|he-?)?aac|mp4a|usac|e-?aac", re.IGNORECASE), "aac"),
    (regex(r"mpeg audio|mp3|mp2|mpga", re.IGNORECASE), "mp3"),
    (regex(r"flac", re.IGNORECASE), "flac"),
    (regex(r"alac", re.IGNORECASE), "alac"),
    (regex(r"opus", re.IGNORECASE), "opus"),
    (regex(r"vorbis", re.IGNORECASE), "vorbis"),
    (regex(r"pcm|wav", re.IGNORECASE), "pcm"),
)
_DECODED = frozenset({AudioIntegrity.GOOD, AudioIntegrity.DAMAGED})
_LOSSLESS = frozenset({"flac", "alac", "pcm"})
# MediaInfo that accounts for this share of the bytes is of the whole recording.
_WHOLE_SHARE = 0.9
# Within this share a measured bit rate is the one that was claimed: averages are taken in several ways.
_SAME_RATE = 0.02


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """One rule on one release. `holds` None is unknown; `claimed` is what was found, `wanted` what the rule asks."""

    name: str
    holds: bool | None
    claimed: str | None
    wanted: str
    detail: str


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What is known of a release; bit rate in bits a second, size in bytes, rating 0 to 5. None is unknown.

    `measured` when the decoder said so, and then `claimed_bitrate` is what it was accepted on.
    """

    codec: str | None = None
    bitrate: int | None = None
    channels: int | None = None
    rating: float | None = None
    file_types: tuple[str, ...] = ()
    language: str | None = None
    abridged: bool | None = None
    size: int | None = None
    measured: bool = False
    claimed_bitrate: int | None = None


def claimed_facts(row: TorrentRow, *, rating: float | None = None, abridged: bool | None = None) -> ReleaseFacts:
    """What the site's row says of a release. `abridged` is what its title says."""
    media = row.media
    return ReleaseFacts(
        codec=codec_name(media.codec) if media and media.codec else _codec_of_types(row.file_types),
        bitrate=media.bitrate if media else None,
        channels=media.channels if media else None,
        rating=rating,
        file_types=row.file_types,
        language=row.language,
        abridged=True if row.browse_flags & ABRIDGED_FLAG else abridged,
        size=row.size_bytes,
    )


def claimed_length(row: TorrentRow) -> float | None:
    """How many seconds the recording plays by the row's MediaInfo; None where that may be of one file of several.

    It is made of one file. Of several files one has all the sound when its length at its bit rate makes up the bytes.
    """
    media = row.media
    if media is None or not media.duration:
        return None
    if row.file_count is None or row.file_count <= 1:
        return media.duration
    described = media.duration * (media.bitrate or 0) / 8
    return media.duration if row.size_bytes and described >= _WHOLE_SHARE * row.size_bytes else None


def measured_facts(files: Iterable[AudioFile], claimed: ReleaseFacts) -> ReleaseFacts | None:
    """What the decoder measured of a download's audio files; None when none of them could be decoded.

    The bit rate is that of the whole: the files' rates weighted by their length. Several codecs are named together.
    """
    known = [file for file in files if file.codec and file.sound in _DECODED]
    if not known:
        return None
    codecs = {codec_name(file.codec or "") for file in known}
    rates = [(file.bit_rate, file.duration or file.header_duration or 1.0) for file in known if file.bit_rate]
    seconds = sum(length for _, length in rates)
    return replace(
        claimed,
        codec=" and ".join(sorted(codecs)),
        bitrate=round(sum(rate * length for rate, length in rates) / seconds) if seconds else None,
        channels=max((file.channels for file in known if file.channels), default=None),
        size=sum(file.found.size for file in known),
        measured=True,
        claimed_bitrate=claimed.bitrate,
    )


def judge_quality(facts: ReleaseFacts, policy: QualityPolicy) -> tuple[RuleAnswer, ...]:
    """Every rule's answer, in a fixed order."""
    return (
        _judge_codec(facts, policy),
        _judge_bitrate(facts, policy),
        _judge_channels(facts, policy),
        _judge_rating(facts, policy),
        _judge_format(facts, policy),
        _judge_language(facts, policy),
        _judge_abridged(facts, policy),
        _judge_size(facts, policy),
    )


def refusals(answers: Iterable[RuleAnswer]) -> tuple[RuleAnswer, ...]:
    """The rules that a release fails."""
    return tuple(answer for answer in answers if answer.holds is False)


def codec_name(text: str) -> str:
    """The family of a codec as MediaInfo, ffmpeg or people write it: "MPEG Audio" is mp3, "AAC LC" aac."""
    folded = text.strip()
    return next((name for pattern, name in _CODEC_NAMES if pattern.match(folded)), folded.casefold())


def audio_types(file_types: Iterable[str]) -> tuple[str, ...]:
    """The file types that hold sound."""
    return tuple(kind for kind in file_types if kind in _AUDIO_TYPES)


def accepting_lines(refused: Iterable[Iterable[RuleAnswer]], policy: QualityPolicy) -> tuple[str, ...]:
    """The lines of `[quality]` that would accept releases which fall to codec or bit rate only; empty when others fall
    to something else, or nothing fell.
    """
    fallen = [tuple(answer for answer in answers if answer.holds is False) for answers in refused]
    if not fallen or any({answer.name for answer in one} - {"codec", "bitrate"} or not one for one in fallen):
        return ()
    codecs = {answer.claimed for one in fallen for answer in one if answer.name == "codec" and answer.claimed}
    rates = [
        rate
        for one in fallen
        for answer in one
        if answer.name == "bitrate" and (rate := _kbits(answer.claimed)) is not None
    ]
    lines = []
    if codecs:
        listed = ", ".join(f'"{codec}"' for codec in (*policy.codecs, *sorted(codecs - set(policy.codecs))))
        lines.append(f"codecs = [{listed}]")
    if rates:
        lines.append(f"min_bitrate = {min(rates)}")
    return tuple(lines)


def _kbits(text: str | None) -> int | None:
    found = re.match(r"(\d{1,6})", text or "")
    return int(found[1]) if found else None


def _codec_of_types(file_types: Iterable[str]) -> str | None:
    """The codec, where every audio file type tells one and the same."""
    codecs = {_CODEC_OF_TYPE.get(kind) for kind in audio_types(file_types)}
    return codecs.pop() if len(codecs) == 1 else None


def _judge_codec(facts: ReleaseFacts, policy: QualityPolicy) -> RuleAnswer:
    allowed = tuple(codec_name(codec) for codec in policy.codecs)
    wanted = " or ".join(policy.codecs)
    if facts.codec is None:
        types = ", ".join(audio_types(facts.file_types)) or "no file type"
        return RuleAnswer("codec", None, None, wanted, f"the codec is not named ({types}); judged after the download")
    holds = facts.codec in allowed
    detail = f"{facts.codec} is {'among' if holds else 'not among'} the codecs wanted"
    return RuleAnswer("codec", holds, facts.codec, wanted, detail)


def _judge_bitrate(facts: ReleaseFacts, policy: QualityPolicy) -> RuleAnswer:
    least = policy.min_bitrate * 1000
    wanted = f"at least {policy.min_bitrate} kbit/s"
    if facts.bitrate is None:
        return RuleAnswer("bitrate", None, None, wanted, "the bit rate is not named")
    shown = f"{facts.bitrate / 1000:.0f} kbit/s"
    if facts.codec in _LOSSLESS:
        return RuleAnswer("bitrate", True, shown, wanted, f"{shown}, lossless")
    if facts.bitrate >= least:
        return RuleAnswer("bitrate", True, shown, wanted, f"{shown} of {policy.min_bitrate}")
    if not facts.measured and facts.bitrate >= least * (1 - policy.tolerance):
        share = f"{policy.tolerance:.0%}"
        return RuleAnswer("bitrate", True, shown, wanted, f"{shown} of {policy.min_bitrate}, within {share}")
    if facts.measured and _is_as_claimed(facts, policy):
        return RuleAnswer("bitrate", True, shown, wanted, f"{shown}, as was claimed and accepted")
    return RuleAnswer("bitrate", False, shown, wanted, f"{shown} of {policy.min_bitrate}")


def _is_as_claimed(facts: ReleaseFacts, policy: QualityPolicy) -> bool:
    """Whether what was measured is what was claimed, and the claim was good enough."""
    claimed = facts.claimed_bitrate
    if claimed is None or facts.bitrate is None or claimed < policy.min_bitrate * 1000 * (1 - policy.tolerance):
        return False
    return facts.bitrate >= claimed * (1 - _SAME_RATE)


def _judge_channels(facts: ReleaseFacts, policy: QualityPolicy) -> RuleAnswer:
    wanted = f"at most {policy.max_channels} channels"
    if facts.channels is None:
        return RuleAnswer("channels", None, None, wanted, "the channels are not named")
    shown = {1: "mono", 2: "stereo"}.get(facts.channels, f"{facts.channels} channels")
    return RuleAnswer("channels", facts.channels <= policy.max_channels, shown, wanted, shown)


def _judge_rating(facts: ReleaseFacts, policy: QualityPolicy) -> RuleAnswer:
    wanted = f"at least {policy.min_rating:g} stars"
    if facts.rating is None:
        return RuleAnswer("rating", None, None, wanted, "no rating is known")
    shown = f"{facts.rating:.2f} stars"
    return RuleAnswer("rating", facts.rating >= policy.min_rating, shown, wanted, shown)


def _judge_format(facts: ReleaseFacts, policy: QualityPolicy) -> RuleAnswer:
    wanted = " or ".join(policy.formats) or "any format"
    types = audio_types(facts.file_types)
    shown = ", ".join(facts.file_types) or None
    if not types:
        holds = None if not facts.file_types else False
        detail = "the file types are not named" if holds is None else f"no audio files ({shown})"
        return RuleAnswer("format", holds, shown, wanted, detail)
    holds = not policy.formats or all(kind in policy.formats for kind in types)
    return RuleAnswer("format", holds, shown, wanted, ", ".join(types))


def _judge_language(facts: ReleaseFacts, policy: QualityPolicy) -> RuleAnswer:
    wanted = " or ".join(policy.languages) or "any language"
    if facts.language is None:
        return RuleAnswer("language", None, None, wanted, "the language is not named")
    shown = parse_language(facts.language) or facts.language
    allowed = {(parse_language(language) or language).casefold() for language in policy.languages}
    return RuleAnswer("language", not allowed or shown.casefold() in allowed, shown, wanted, shown)


def _judge_abridged(facts: ReleaseFacts, policy: QualityPolicy) -> RuleAnswer:
    wanted = "abridged or not" if policy.abridged else "unabridged"
    if facts.abridged is None:
        return RuleAnswer("abridged", None, None, wanted, "nothing says that it is abridged")
    shown = "abridged" if facts.abridged else "unabridged"
    return RuleAnswer("abridged", policy.abridged or not facts.abridged, shown, wanted, shown)


def _judge_size(facts: ReleaseFacts, policy: QualityPolicy) -> RuleAnswer:
    wanted = f"at most {show_size(policy.max_size)}" if policy.max_size else "any size"
    if facts.size is None:
        return RuleAnswer("size", None if policy.max_size else True, None, wanted, "the size is not named")
    holds, shown = not policy.max_size or facts.size <= policy.max_size, show_size(facts.size)
    return RuleAnswer("size", holds, shown, wanted, shown)
