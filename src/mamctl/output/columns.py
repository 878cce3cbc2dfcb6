"""Lays a table out in the columns of a terminal: prose is shortened, ids, figures and dates are never broken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mamctl.dataclass import dataclass
from mamctl.regex import regex

GAP = 2
LEAST = 14  # columns that a shortened text keeps; less than that is of no use
LEAST_WRAPPED = 16  # columns that a reason on several lines keeps
_LONGEST_CODE = 40
_DATE = regex(r"\d{4}-\d\d-\d\d")
_PLACE = regex(r" #\S{1,8}$")  # of a book in its series
_ELLIPSIS = "…"
_LEAD = regex(r"\s*(?:(?:[!→✓✗·?–-]|\d+\.) )?")  # blanks, and the mark or number of a list's item
_FIGURE = regex(r"(?<=\d) (?=\w)")  # 13:00 UTC, 2 untagged, 1.5 GiB: one word
_GLUE = "\u00a0"
# A command that ends the text, behind a colon or as the whole of a remedy, up to the end of its sentence; one in
# backticks; and one within a sentence, as far as its words can be told from those of the sentence.
_COMMAND = regex(
    r"(?:(?<=: )|(?<=→ )|^)(?:mamctl|chmod|chown|mkdir|rm|mv|ln|pip|pipx|apt-get|systemctl|crontab|export) "
    r"(?:(?!; |\. |, or ).)*$"
    r"|`[^`]*`"
    r"|\bmamctl [a-z]+(?: [a-z-]+)?(?: (?:--[\w-]+|[A-Z]{2,}\b|\S*\d\S*))*"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns are shown, by their index, and how wide each of them is."""

    shown: tuple[int, ...]
    widths: tuple[int, ...]


def lay_out(
    rows: Sequence[Sequence[str]],
    room: int,
    *,
    right: Sequence[int] = (),
    elastic: Sequence[int] | None = None,
    optional: Sequence[int] = (),
    wrapped: Sequence[int] = (),
) -> Layout:
    """The layout of these rows, headers included, in `room` columns of a terminal.

    The `elastic` columns are shortened, the widest first, to no less than `LEAST` or an id in them; without a choice
    these are the columns of prose. The `wrapped` ones, which go on below themselves, become as narrow as
    `LEAST_WRAPPED`. Where that is not enough the `optional` ones are left out, in this order. What still does not fit
    is wider than the terminal: better a wrapped line than a broken id.
    """
    count = len(rows[0])
    natural = [max(width(row[n]) for row in rows) for n in range(count)]
    if sum(natural) + GAP * (count - 1) <= room:
        return Layout(tuple(range(count)), tuple(natural))
    chosen = elastic if elastic is not None else [n for n in range(count) if n not in right and is_prose(rows[1:], n)]
    least = {n: max(LEAST, *(width(row[n]) for row in rows if is_code(row[n])), 0) for n in chosen}
    least |= dict.fromkeys(wrapped, LEAST_WRAPPED)
    shown = list(range(count))
    for dropped in (*optional, None):
        widths = _shrink({n: natural[n] for n in shown}, least, room)
        if dropped is None or sum(widths.values()) + GAP * (len(shown) - 1) <= room:
            break
        shown.remove(dropped)
    return Layout(tuple(shown), tuple(widths[n] for n in shown))


def _shrink(widths: dict[int, int], least: Mapping[int, int], room: int) -> dict[int, int]:
    """The widths, the widest of those that have a `least` made equally narrow until all fit or none can give way."""
    over = sum(widths.values()) + GAP * (len(widths) - 1) - room
    fitted = dict(widths)
    while over > 0 and (able := [n for n in least if n in fitted and fitted[n] > least[n]]):
        fitted[max(able, key=fitted.__getitem__)] -= 1
        over -= 1
    return fitted


def is_prose(rows: Sequence[Sequence[str]], column: int) -> bool:
    """Whether any cell of the column is words or a path, which may be shortened; an id, a figure or a date may not."""
    cells = (row[column] for row in rows)
    return any(cell.startswith("/") or (" " in cell and not _DATE.match(cell)) for cell in cells)


def is_code(cell: str) -> bool:
    """Whether a cell is an id or a figure, of no use when cut: one word with a digit, and no path or address."""
    return len(cell) <= _LONGEST_CODE and " " not in cell and "/" not in cell and any(map(str.isdigit, cell))


# Signs of one column: ASCII, Latin letters, and what we print ourselves. They need no table of all scripts.
_NARROW = regex(r"[ -~¡-¬®-ʯ–—‘’“”…→−·•✓✗]*")


def is_narrow(text: str) -> bool:
    """Whether each of its characters is known to take one column."""
    return text.isascii() or _NARROW.fullmatch(text) is not None


def width(text: str) -> int:
    """Columns that `text` takes on a terminal: wide scripts take two, marks and joiners none."""
    if is_narrow(text):
        return len(text)
    from wcwidth import wcswidth

    return max(0, wcswidth(text))


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """`text` filled with blanks to `columns`."""
    blanks = " " * (columns - width(text))
    return blanks + text if right else text + blanks


def fit(text: str, columns: int, *, right: bool = False) -> str:
    """`text` in exactly `columns`, filled with blanks or shortened."""
    room = columns - width(text)
    if room < 0:
        return pad(shorten(text, columns), columns, right=right)
    return " " * room + text if right else text + " " * room


def shorten(text: str, columns: int) -> str:
    """`text` in at most `columns`, an ellipsis where something is left out: behind it, and of a path before it, whose
    end tells it from others. A place at the end ("#2") is kept."""
    if width(text) <= columns:
        return text
    if text.startswith("/"):
        return _shorten_path(text, columns)
    place = found[0] if (found := _PLACE.search(text)) and width(found[0]) < columns - 1 else ""
    kept, left = "", columns - 1 - width(place)
    for piece in _graphemes(text.removesuffix(place)):
        left -= width(piece)
        if left < 0:
            break
        kept += piece
    return kept.rstrip() + _ELLIPSIS + place


def _shorten_path(path: str, columns: int) -> str:
    """As many of its last names as fit; of the very last its end, where that alone is too long."""
    parts = path.split("/")
    for first in range(1, len(parts)):
        end = "/" + "/".join(parts[first:])
        if width(end) < columns:
            return _ELLIPSIS + end
    pieces, left = list(_graphemes(path)), columns - 1
    begin = len(pieces)
    while begin and width(pieces[begin - 1]) <= left:
        begin -= 1
        left -= width(pieces[begin])
    return _ELLIPSIS + "".join(pieces[begin:])


def _graphemes(text: str) -> Iterable[str]:
    if _NARROW.fullmatch(text):
        return text
    from wcwidth import iter_graphemes

    return iter_graphemes(text)


def wrap_words(text: str, room: int, *, hang: int | None = None, whole_commands: bool = False) -> list[str]:
    """`text` as lines of at most `room` columns, broken between words only: a path, a date, and a figure with its unit
    stay whole, and each command that fits, so that it can be copied.

    With `whole_commands` a longer one is left to the terminal, which wraps it and still copies it whole. Further lines
    are indented by `hang` columns, or as the first word of the text: behind its blanks and its mark.
    """
    if width(text) <= room:
        return [text]
    if _NARROW.fullmatch(text):
        from textwrap import wrap
    else:
        from wcwidth import wrap

    lead = _LEAD.match(text)
    start = lead[0] if lead else ""
    indent = " " * min(width(start) if hang is None else hang, room // 2)
    body = _FIGURE.sub(_GLUE, text[len(start) :])
    body = _COMMAND.sub(
        lambda found: found[0].replace(" ", _GLUE) if whole_commands or width(found[0]) <= room else found[0], body
    )
    lines = wrap(
        body, room, initial_indent=start, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return [line.replace(_GLUE, " ") for line in lines] or [text]
