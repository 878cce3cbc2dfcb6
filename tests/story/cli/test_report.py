"""The page and the figures for Prometheus, from three years of figures and 5,000 books."""

from __future__ import annotations

import itertools
import json
import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from mamctl.cli.clock import Clock, use_clock
from mamctl.store.database import open_store
from tests.kit.long_history import fill_history
from tests.kit.member import Member
from tests.kit.page_colours import contrast, pairs, schemes

SCHEMES = {"light": 0, "dark": 1, "print": 2}


@pytest.fixture(autouse=True)
def _one_moment() -> Iterator[None]:
    """All runs of a test see the same time: ages in minutes and next runs are figures, too."""
    at = datetime.now(UTC)
    with use_clock(Clock(lambda: at)):
        yield


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration whose store has the three years."""
    home = tmp_path_factory.mktemp("history")
    db = open_store(home / "mamctl.db")
    fill_history(db, datetime.now(UTC))
    db.close()
    config = home / "mamctl.toml"
    config.write_text(
        f'[store]\npath = "{home}/mamctl.db"\n[alerts]\noff = ["disk_low"]\n'
        '[[qbittorrent]]\nname = "home"\nurl = "http://127.0.0.1:9"\n'
    )
    return config


@pytest.fixture
def page(mamctl, history: Path, tmp_path: Path) -> HTMLParser:
    file = tmp_path / "index.html"
    done = mamctl("report", "--since", "1095d", "--output", str(file), "--config", str(history))
    assert done.code == 0, done.err
    return HTMLParser(file.read_text(encoding="utf-8"))


@pytest.mark.spec("OPS-1")
def test_three_years_and_5000_books_are_one_small_file_that_needs_nothing(
    mamctl, history: Path, tmp_path: Path
) -> None:
    file = tmp_path / "index.html"
    done = mamctl("report", "--since", "1095d", "--output", str(file), "--json", "--config", str(history))
    assert (done.data["output"], done.data["output_bytes"]) == (str(file), file.stat().st_size)
    assert file.stat().st_size < 2 * 2**20
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".html" and "index" in path.name] == []
    text = file.read_text(encoding="utf-8")
    assert re.findall(r"(?:https?:)?//[\w.]+", text) == [], "nothing leads outside"
    assert "<script" not in text
    assert re.findall(r"url\(|@import|@font-face", text) == []
    assert "<i>unabridged</i>" not in text, "what others wrote is text"
    assert "&lt;i&gt;unabridged&lt;/i&gt;" in text


@pytest.mark.spec("OPS-1")
def test_it_is_read_without_eyes(page: HTMLParser) -> None:
    levels = [int(one.tag[1]) for one in page.css("h1, h2, h3, h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert page.css_first("html").attributes["lang"] == "en"
    assert all(len(page.css(landmark)) == 1 for landmark in ("header", "nav", "main", "footer"))
    names = {one.attributes["id"] for one in page.css("[id]")}
    assert len(names) == len(page.css("[id]"))
    assert all(one.attributes["href"][1:] in names for one in page.css("nav a, a.skip"))
    assert all(one.attributes["aria-labelledby"] in names for one in page.css("section"))
    charts = page.css("svg")
    assert len(charts) == 4
    for chart in charts:
        assert chart.attributes["role"] == "img"
        assert set(chart.attributes["aria-labelledby"].split()) <= names
        assert len(chart.css_first("desc").text()) > 40
    for table in page.css("table"):
        assert table.css_first("caption") or table.parent.attributes.get("aria-label")
        assert all(one.attributes.get("scope") for one in table.css("th"))
        assert len(table.css("tbody tr")) == len(table.css("tbody th"))
    assert all(one.attributes.get("aria-label") for one in page.css(".scroll, .meter"))


def test_every_section_of_the_json_is_on_the_page(mamctl, history: Path, page: HTMLParser) -> None:
    figures = mamctl("report", "--since", "1095d", "--json", "--config", str(history)).data["figures"]
    text = " ".join(page.text(separator=" ").split())
    assert f"{figures['library']['books']:,}" in text
    assert f"{figures['account']['points']:,.0f}" in text
    for method in figures["library"]["narrators"]:
        assert f"{method['count']:,}" in text
    for job in figures["jobs"]:
        assert job["job"] in text
    for one in figures["spec"]["broken"]:
        assert one["clause"] in text
        assert one["detail"] in text
    assert len(figures["ratio"]["emergencies"]) == len(page.css("rect.emergency"))
    assert len(figures["ratio"]["events"]) == len(page.css("rect.freeleech, rect.bonus"))
    assert figures["ratio"]["fan"][0]["low"] <= figures["ratio"]["fan"][-1]["high"]
    assert [item["title"] for item in figures["queue"]["items"]] == [
        one.text() for one in page.css("#queue tbody th")
    ]  # fmt: skip


@pytest.mark.parametrize("scheme", SCHEMES)
def test_its_colours_are_legible_on_each_other(scheme: str) -> None:
    colours = schemes()[SCHEMES[scheme]]
    for ink, paper, least in pairs():
        found = contrast(colours[ink], colours[paper])
        assert found >= least, f"{ink} on {paper}: {found:.2f}, at least {least}"


def test_a_count_of_nothing_has_no_bar(page: HTMLParser) -> None:
    counted = [(row.css_first("td.right").text(), row.css(".track span")) for row in page.css("table.bars tbody tr")]
    assert all(bool(bar) == (count != "0") for count, bar in counted)


def test_before_anything_is_known_every_section_says_so(mamctl, reader: Member, tmp_path: Path) -> None:
    config = str(reader.config(alerts={"off": ["disk_low"]}))
    done = mamctl("report", "--config", config)
    file = reader.store_path.parent / "report.html"
    assert done.out.startswith("The page is ")
    assert str(file) in done.out.replace("\n", "")
    text = file.read_text(encoding="utf-8")
    assert "<h1>All is well</h1>" in text
    for words in (
        "The account has never been read",
        "No book has been scanned yet",
        "Nothing has been queued yet",
        "Nothing has changed",
    ):
        assert words in text


def test_what_needs_you_is_the_headline(mamctl, reader: Member) -> None:
    config = str(reader.config(alerts={"off": ["disk_low"]}))
    reader.points(97_000)
    mamctl("vip", "check", "--config", config)
    shown = mamctl("report", "--config", config).out
    assert "97,000 points" in shown
    page = HTMLParser((reader.store_path.parent / "report.html").read_text(encoding="utf-8"))
    assert page.css_first("h1").text() == "1 thing needs you"
    assert page.css_first("#needs .command").text() == "mamctl ratio points"


def test_json_and_a_dry_run_write_nothing(mamctl, reader: Member, tmp_path: Path) -> None:
    config, file = str(reader.config()), tmp_path / "page.html"
    assert mamctl("report", "--json", "--config", config).data["output"] is None
    assert mamctl("report", "--dry-run", "--output", str(file), "--config", config).code == 0
    assert not file.exists()
    assert not (reader.store_path.parent / "report.html").exists()


def test_a_dry_run_names_the_page_and_refuses_the_same_places(mamctl, reader: Member, tmp_path: Path) -> None:
    config, file = str(reader.config()), tmp_path / "page.html"
    assert f"would be {file}" in mamctl("report", "--dry-run", "--output", str(file), "--config", config).out
    os.mkfifo(tmp_path / "pipe.prom")
    for name in ("nowhere/page.prom", "mamctl.toml/page.prom", ".", "pipe.prom"):
        for words in (("report",), ("report", "metrics")) if name != "." else (("report",),):
            both = [
                mamctl(*words, *dry, "--output", str(tmp_path / name), "--config", config)
                for dry in ((), ("--dry-run",))
            ]
            assert [done.code for done in both] == [5, 5], name
            assert both[0].err == both[1].err


@pytest.mark.parametrize("name", ["", " ", "-"])
def test_a_file_without_a_name_is_wrong_usage(mamctl, reader: Member, name: str) -> None:
    for words in (("report",), ("report", "metrics")):
        done = mamctl(*words, "--output", name, "--config", str(reader.config()))
        assert (done.code, "--output" in done.err) == (2, True)


@pytest.mark.parametrize("since", ["999999999d", "0d"])
def test_any_span_is_looked_back_over(mamctl, reader: Member, since: str) -> None:
    config = str(reader.config())
    assert mamctl("report", "--since", since, "--output", f"{reader.home}/p.html", "--config", config).code == 0
    assert mamctl("ratio", "points", "--since", since, "--config", config).code == 0


def test_what_is_longer_than_the_records_begins_with_the_first(mamctl, reader: Member, history: Path) -> None:
    def begin(span: str, config: object) -> datetime:
        figures = mamctl("report", "--since", span, "--json", "--config", str(config)).data["figures"]
        assert all(value["at"] >= figures["since"] for value in figures["ratio"]["history"])
        return datetime.fromisoformat(figures["since"])

    now = datetime.now(UTC)
    with closing(sqlite3.connect(history.with_name("mamctl.db"))) as db:
        (first,) = db.execute("SELECT min(seen_at) FROM standings").fetchone()
    assert begin("99999d", history).date() == datetime.fromisoformat(first).date()  # the days' figures begin with it
    assert abs((now - begin("30d", history)).days - 30) <= 1
    assert round((now - begin("99999d", reader.config())) / timedelta(days=1)) == 1  # nothing is on record


def test_a_folder_that_is_not_there_is_named_and_the_page_before_stays(mamctl, reader: Member, tmp_path: Path) -> None:
    config = str(reader.config())
    done = mamctl("report", "--output", str(tmp_path / "nowhere" / "page.html"), "--config", config)
    assert done.code == 5
    assert "nowhere/page.html cannot be written: No such file or directory" in done.err
    assert "does the folder" in done.err
    folder = mamctl("report", "--output", str(tmp_path), "--config", config)
    assert f"name a file in it, such as {tmp_path}/mamctl" in folder.err


@pytest.mark.spec("OPS-1")
def test_prometheus_understands_the_figures(mamctl, history: Path, tmp_path: Path) -> None:
    file = tmp_path / "mamctl.prom"
    done = mamctl("report", "metrics", "--output", str(file), "--json", "--config", str(history))
    text = file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert text.endswith("\n")
    assert mamctl("report", "metrics", "--config", str(history)).out == text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert len(families) == len(done.data["metrics"])
    for metric in done.data["metrics"]:
        assert metric["name"].endswith("_total") == (metric["type"] == "counter")
        family = families[metric["name"].removesuffix("_total")]
        assert (family.type, family.documentation) == (metric["type"], metric["help"])
        assert [sample.value for sample in family.samples] == [sample["value"] for sample in metric["samples"]]
        assert all(sample.timestamp is None for sample in family.samples)
        labels = {name for sample in family.samples for name in sample.labels}
        assert labels <= {"job", "service", "outcome", "sound", "state", "name", "version"}
    jobs = {sample.labels["job"] for sample in families["mamctl_last_success_timestamp_seconds"].samples}
    assert {"vip", "ratio", "drift"} <= jobs
    assert "Copper Orchard" not in text


def test_a_name_that_the_collector_does_not_read_is_refused(mamctl, reader: Member, tmp_path: Path) -> None:
    done = mamctl("report", "metrics", "--output", str(tmp_path / "mamctl.txt"), "--config", str(reader.config()))
    assert done.code == 2
    assert "does not end in .prom" in done.err
    wrong = mamctl("status", "--config", str(reader.config(report={"metrics": str(tmp_path / "mamctl.txt")})))
    assert wrong.code == 10
    assert "report.metrics" in wrong.err


def test_with_files_configured_cron_writes_them(mamctl, reader: Member, tmp_path: Path) -> None:
    config = reader.config(report={"output": str(tmp_path / "i.html"), "metrics": str(tmp_path / "m.prom")})
    lines = json.dumps(mamctl("cron", "show", "--json", "--config", str(config)).data["lines"])
    assert "report --quiet" in lines
    assert "report metrics --quiet" in lines
    assert mamctl("report", "--quiet", "--config", str(config)).out == ""
    assert mamctl("report", "metrics", "--quiet", "--config", str(config)).out == ""
    assert (tmp_path / "i.html").exists()
    assert (tmp_path / "m.prom").exists()


@pytest.fixture(autouse=True)
def _own_crontab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No crontab of this machine is on the page."""
    from tests.kit.crontab_program import install_crontab

    folder = tmp_path / "bin"
    folder.mkdir()
    install_crontab(folder)
    import os

    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return
