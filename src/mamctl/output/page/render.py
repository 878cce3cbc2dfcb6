"""The report as one HTML document: the figures, the charts and the style sheet; nothing in it leads outside."""

from __future__ import annotations

from pathlib import Path

from mamctl.domain.report.figures import ReportFigures
from mamctl.output.page import sections
from mamctl.output.page.html import Html, block, element, lines
from mamctl.output.page.plots import charts
from mamctl.output.page.wording import show_date, show_moment

_STYLE = Path(__file__).with_name("style.css")
_SECTIONS = {
    "needs": "Needs you",
    "vip": "VIP and points",
    "ratio": "Ratio",
    "limits": "Limits",
    "queue": "Queue",
    "library": "Library",
    "changes": "Changes",
    "jobs": "Jobs",
    "promises": "Promises",
}
_META = """\
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">"""


def render_page(report: ReportFigures) -> str:
    """The document. Every text of outside is escaped."""
    return lines(Html("<!doctype html>"), block("html", _head(report), _body(report), lang="en"))


def _head(report: ReportFigures) -> Html:
    style = Html(_STYLE.read_text(encoding="utf-8"))
    return block(
        "head",
        Html(_META),
        element("title", f"mamctl report, {show_date(report.generated_at)}"),
        Html('<link rel="icon" href="data:,">'),
        block("style", style),
    )


def _body(report: ReportFigures) -> Html:
    same = element("code", "mamctl report --json")
    footer = element("p", f"Written by mamctl {report.version}. The same figures: ", same)
    return block(
        "body",
        element("a", "Skip to the figures", class_="skip", href="#main"),
        block("div", _header(report), _contents(), _main(report), block("footer", footer), class_="wrap"),
    )


def _header(report: ReportFigures) -> Html:
    needs = len(report.alerts)
    title = f"{needs} {'thing needs' if needs == 1 else 'things need'} you" if needs else "All is well"
    when = f"mamctl report, {show_moment(report.generated_at)} UTC; the figures go back to {show_date(report.since)}"
    return block("header", element("h1", title), element("p", when, class_="when"), class_="top")


def _contents() -> Html:
    links = (element("li", element("a", title, href=f"#{name}")) for name, title in _SECTIONS.items())
    return block("nav", block("ul", *links), aria_label="Sections")


def _main(report: ReportFigures) -> Html:
    drawn = charts(report)
    pair = _apart(sections.account_section(report.account, drawn), sections.ratio_section(report.ratio, drawn))
    content = _apart(
        sections.tiles(report),
        sections.needs_you(report.alerts),
        block("div", pair, class_="pair"),
        sections.limits_section(report.limits, drawn),
        sections.queue_section(report.queue),
        sections.library_section(report.library),
        sections.changes_section(report.changes),
        sections.jobs_section(report.jobs, report.sources),
        sections.promises_section(report.spec),
    )
    return block("main", content, id="main")


def _apart(*content: Html) -> Html:
    return Html("\n\n".join(content))
