"""HTML made of elements."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from mamctl.output.page.html import Html, block, element, lines


class _Read(HTMLParser):
    """What a browser would take from it: tags with their attributes, and the texts between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.found.append(data)


@given(st.text(alphabet="a&<>'\"=; \u00e9", min_size=1), st.text(alphabet="a&<>'\"=; \u00e9", min_size=1))
def test_a_text_stays_a_text_wherever_it_is_put(words: str, title: str) -> None:
    assert _Read(element("td", words, title=title)).found == [("td", {"title": title}), words, "/td"]


def test_html_is_put_in_as_it_is_and_texts_are_escaped() -> None:
    inner = element("b", "R&B")
    assert element("td", "<i>", inner, class_="right") == '<td class="right">&lt;i&gt;<b>R&amp;B</b></td>'
    assert block("tr", inner, "a < b") == "<tr>\n<b>R&amp;B</b>\na &lt; b\n</tr>"
    assert block("tbody") == "<tbody>\n</tbody>"
    assert lines(Html("<br>"), "'") == "<br>\n&#39;\n"


def test_an_attribute_that_is_none_is_left_out() -> None:
    assert element("th", scope="row", class_=None, aria_hidden="true") == '<th scope="row" aria-hidden="true"></th>'
