"""The page in a real Chromium: three widths, both schemes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mamctl.store.database import open_store
from tests.kit.browser import Browser, browser, find_browser
from tests.kit.long_history import fill_history

pytestmark = pytest.mark.real("chromium")

# Texts whose contrast, as the browser computes it with all its rules, is under 4.5; the colour behind a text is that
# of the nearest element that has one.
_FAINT = """
(() => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const found = parts(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const one of document.querySelectorAll('main *, header *, nav *, footer *')) {
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    if (one.closest('svg') || getComputedStyle(one).visibility === 'hidden') continue;
    const [high, low] = [light(parts(getComputedStyle(one).color)), light(behind(one))].sort((a, b) => b - a);
    if ((high + 0.05) / (low + 0.05) < 4.5) faint.push(one.outerHTML.slice(0, 120));
  }
  return faint;
})()
"""
# What reaches out of the page sideways; a table may scroll in its own box.
_WIDE = """
[...document.querySelectorAll('main *, header *')].filter((one) => !one.closest('.scroll, svg, nav')
  && !one.matches('.skip') && one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))
"""
# Titles of tables that are cut off where the table scrolls in its box.
_CUT = """
[...document.querySelectorAll('.scroll caption')].filter((one) =>
  one.getBoundingClientRect().right > one.closest('.scroll').getBoundingClientRect().right + 1)
  .map((one) => one.textContent)
"""


@pytest.fixture(scope="module")
def tab() -> Iterator[Browser]:
    program = find_browser()
    assert program is not None
    with browser(program) as found:
        yield found


@pytest.fixture
def page(mamctl, tmp_path: Path) -> Path:
    home = tmp_path / "here"
    home.mkdir()
    db = open_store(home / "mamctl.db")
    fill_history(db, datetime.now(UTC), days=200, books=300)
    db.close()
    config, file = home / "mamctl.toml", home / "index.html"
    config.write_text(f'[store]\npath = "{home}/mamctl.db"\n[alerts]\npoints = 100\ndisk_free = "1000 TiB"\n')
    assert mamctl("report", "--output", str(file), "--config", str(config)).code == 0
    return file


@pytest.mark.spec("OPS-1")
def test_it_asks_for_nothing_and_is_whole_at_every_width_in_both_schemes(tab: Browser, page: Path) -> None:
    backgrounds = set()
    for width in (360, 800, 1280):
        for dark in (False, True):
            tab.open(page, width=width, dark=dark)
            assert tab.run("document.documentElement.scrollWidth") == width
            assert tab.run(_WIDE) == []
            assert tab.run(_CUT) == []
            assert tab.run(_FAINT) == []
            assert tab.run("[...document.querySelectorAll('svg')].filter((one) => one.clientWidth < 200).length") == 0
            backgrounds.add(tab.run("getComputedStyle(document.body).backgroundColor"))
            tab.picture(page.with_name(f"{width}-{'dark' if dark else 'light'}.png"))
    assert len(backgrounds) == 2
    assert set(tab.requests) == {page.as_uri()}
    assert tab.complaints == []


def test_a_screen_reader_is_told_what_the_charts_show(tab: Browser, page: Path) -> None:
    tab.open(page, width=800)
    tree = tab.call("Accessibility.getFullAXTree")["nodes"]
    said = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree if not node.get("ignored")]
    charts = [name for role, name in said if role in ("image", "img") and "from" in name]
    assert len(charts) == 4
    assert {role for role, _ in said} >= {"main", "navigation", "banner", "contentinfo", "region", "table", "heading"}
    named = ("heading", "region", "table", "columnheader", "rowheader", "link")
    assert [node for node in tree if not node.get("ignored") and node["role"]["value"] in named
        and not node.get("name", {}).get("value")] == []  # fmt: skip
