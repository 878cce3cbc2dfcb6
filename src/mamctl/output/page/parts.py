"""What the page is put together of: sections, lists of figures, tables, charts, bars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mamctl.domain.report.figures import Counted
from mamctl.output.page.chart import Chart, Shape
from mamctl.output.page.html import Html, block, element, escape, lines
from mamctl.output.page.wording import show_number, show_words

# How the cells of a column are set, by their class in the style sheet.
PLAIN, NOWRAP, RIGHT, RIGHT_NOWRAP = None, "nowrap", "right", "right nowrap"
_BAR_KINDS = {"damaged": "bad", "unreadable": "bad", "not known": "none", "unchecked": "none"}

Columns = Sequence[tuple[str, str | None]]
"""The head of each column, and how its cells are set."""


def section(name: str, title: str, *content: str, kind: str | None = None) -> Html:
    """A section with its heading; the list of sections leads to `name`."""
    heading = element("h2", title, id=f"{name}-head")
    return block("section", heading, *content, id=name, class_=kind, aria_labelledby=f"{name}-head")


def command(words: str) -> Html:
    """A command to copy."""
    return element("code", words, class_="command")


def lead(*words: str) -> Html:
    """The sentence that a section begins with."""
    return element("p", *words, class_="lead")


def empty(*words: str, below: bool = False) -> Html:
    """What stands where there is nothing to show."""
    return element("p", *words, class_="empty below" if below else "empty")


def facts(figures: Iterable[tuple[str, str]]) -> Html:
    """Names with their figures."""
    pairs = (element("div", element("dt", name), element("dd", figure)) for name, figure in figures)
    return block("dl", *pairs, class_="facts")


def table(
    caption: str,
    columns: Columns,
    rows: Iterable[Sequence[str]],
    *,
    label: str | None = None,
    kind: str | None = "wide",
    below: bool = False,
) -> Html:
    """A table that scrolls by itself where it is too wide; the first cell of each row names it."""
    heads = (
        element("th", name, scope="col", class_=RIGHT if set_as in (RIGHT, RIGHT_NOWRAP) else None)
        for name, set_as in columns
    )
    whole = block(
        "table",
        element("caption", caption),
        element("thead", element("tr", *heads)),
        block("tbody", *(_row(columns, cells) for cells in rows)),
        class_=kind,
    )
    return block(
        "div",
        whole,
        class_="scroll below" if below else "scroll",
        tabindex="0",
        role="region",
        aria_label=f"{label or caption}, as a table",
    )


def _row(columns: Columns, cells: Sequence[str]) -> Html:
    named = element("th", cells[0], scope="row", class_=columns[0][1])
    rest = (element("td", cell, class_=set_as) for cell, (_, set_as) in zip(cells[1:], columns[1:], strict=True))
    return element("tr", named, *rest)


def figure(chart: Chart | None, nothing: str) -> Html:
    """The chart with its scales, its legend, and the same as a table; `nothing` says why there is none."""
    if chart is None:
        return lines(empty(nothing))
    columns = [(name, RIGHT if number else NOWRAP) for number, name in enumerate(chart.head)]
    content = (
        element("figcaption", chart.title),
        block("div", _rising(chart), _plot(chart), _along(chart), class_="plot"),
        block("ul", *(_legend(kind, name) for kind, name in chart.legend), class_="legend", aria_hidden="true"),
        block("details", element("summary", "The figures as a table"), _as_table(chart, columns)),
    )
    return lines(block("figure", *content))


def _as_table(chart: Chart, columns: Columns) -> Html:
    return table(chart.title, columns, chart.rows, kind=None)


def _rising(chart: Chart) -> Html:
    ticks = (
        Html(
            element("span", tick.label, class_="room")
            + element("span", tick.label, class_="place", style=f"top:{tick.percent:.1f}%")
        )
        for tick in chart.rising
    )
    return block("div", *ticks, class_="rising", aria_hidden="true")


def _along(chart: Chart) -> Html:
    ticks = (element("span", tick.label, class_="place", style=f"left:{tick.percent:.1f}%") for tick in chart.along)
    return block("div", *ticks, class_="along", aria_hidden="true")


def _plot(chart: Chart) -> Html:
    title, description = f"{chart.name}-title", f"{chart.name}-desc"
    return block(
        "svg",
        element("title", chart.title, id=title),
        element("desc", chart.description, id=description),
        *map(_shape, chart.shapes),
        viewBox="0 0 720 200",
        preserveAspectRatio="none",
        role="img",
        aria_labelledby=f"{title} {description}",
    )


def _shape(shape: Shape) -> Html:
    opened = f'<{shape.tag} class="{escape(shape.kind)}" {shape.attributes}'
    if shape.name and shape.kind != "grid":
        return Html(f"{opened}>{element('title', shape.name)}</{shape.tag}>")
    return Html(f"{opened}/>")


def _legend(kind: str, name: str) -> Html:
    return element("li", element("i", class_=kind), name)


def bars(title: str, counted: Sequence[Counted], unit: str) -> Html:
    """Counts as bars, the longest the most."""
    most = max((one.count for one in counted), default=0)
    heads = (
        element("th", unit, scope="col"),
        element("th", scope="col", aria_hidden="true"),
        element("th", "count", scope="col", class_=RIGHT),
    )
    whole = block(
        "table",
        element("caption", title),
        element("thead", element("tr", *heads)),
        block("tbody", *(_bar(one, most) for one in counted)),
        class_="bars",
    )
    return lines(whole)


def _bar(one: Counted, most: int) -> Html:
    bar = [_filled(_BAR_KINDS.get(one.name, "full"), one.count / most)] if one.count else []
    return element(
        "tr",
        element("th", show_words(one.name), scope="row"),
        element("td", element("div", *bar, class_="track"), class_="bar", aria_hidden="true"),
        element("td", show_number(one.count), class_=RIGHT),
    )


def meter(title: str, words: str, share: float, *, short: bool) -> Html:
    """A share of a whole as a bar."""
    bar = _filled("warn" if short else "full", max(0.0, min(share, 1.0)))
    return lines(
        block(
            "div",
            element("div", element("span", title), element("b", words), class_="words", aria_hidden="true"),
            element("div", bar, class_="track", aria_hidden="true"),
            class_="meter",
            role="img",
            aria_label=f"{title}: {words}",
        )
    )


def _filled(kind: str, share: float) -> Html:
    return element("span", class_=kind, style=f"width:{100 * share:.1f}%")
