"""Permits: what each act is refused for, that a freeze never is, and that nothing writes without one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import mamctl
from mamctl.domain import permits
from mamctl.domain.permits import (
    Act,
    Categorise,
    ChangeShelf,
    Correct,
    FileBook,
    Pause,
    Permit,
    Refused,
    RegisterAddress,
    Release,
    Resume,
    Tag,
    UnfileBook,
    Untag,
    WriteSidecar,
    ask,
)
from mamctl.domain.spec.clauses import find_clause
from tests.kit.permits import allow, handing_over, purchase, wedge

PACKAGE = Path(mamctl.__file__).parent
ONE = ("a" * 40,)


def correction(**facts: object) -> Correct:
    fine = {"book": 1, "field": "description", "protected": False, "verified": False, "replaces": True,
            "source": "audnexus", "recorded": True}  # fmt: skip
    return Correct(**fine | facts)


def release(**facts: object) -> Release:
    fine = {"title": "A Book", "paid": False, "slot": True, "blocked": None, "emergency": False}
    return Release(**fine | facts)


FORBIDDEN = [
    (purchase(emergency=True), "VIP-6"),
    (purchase(claimed=False), "VIP-8"),
    (purchase(bought_before=True), "VIP-8"),
    (purchase(left=timedelta(days=30)), "VIP-3"),
    (purchase(points=10_499), "VIP-4"),
    (purchase(points=None), "VIP-4"),
    (purchase(shortage=0), "VIP-5"),
    (purchase(user_class="Elite VIP"), "VIP-11"),
    (purchase(user_class="User"), "VIP-11"),
    (Resume(client="home", hashes=ONE, downloads=ONE, emergency=True), "RAT-4"),
    (Resume(client="home", hashes=ONE, strangers=ONE), "RAT-5"),
    (Untag(client="home", hashes=ONE, strangers=ONE, tag="mamctl-frozen"), "RAT-5"),
    (WriteSidecar(path="/library/a/a.m4b"), "QUE-5"),
    (correction(verified=True), "DRIFT-2"),
    (correction(protected=True), "DRIFT-2"),
    (correction(source=""), "DRIFT-3"),
    (correction(recorded=False), "DRIFT-3"),
    (release(paid=True, emergency=True), "RAT-6"),
    (release(blocked="wait"), "QUE-2"),
    (release(slot=False), "EVT-2"),
    (wedge(emergency=True), "QUE-4"),
    (wedge(enabled=False), "QUE-4"),
    (wedge(free_already=True), "QUE-4"),
    (wedge(sent_before=True), "QUE-4"),
    (wedge(size=0), "QUE-4"),
    (wedge(wedges=1), "QUE-4"),
    (wedge(wedges=None), "QUE-4"),
    (handing_over(paid=True, emergency=True), "RAT-6"),
    (handing_over(known_to="home"), "QUE-1"),
    (handing_over(sent_before=True), "QUE-1"),
    (handing_over(claimed=False), "QUE-1"),
    (FileBook(title="A Book", checked=False), "QUE-5"),
    (UnfileBook(title="A Book", filed=False, lacking=None), "QUE-5"),
    (UnfileBook(title="A Book", filed=True, lacking="/downloads/book does not exist"), "QUE-5"),
    (RegisterAddress(since_last=timedelta(minutes=59)), "OPS-3"),
    (ChangeShelf(item_id="i", items=2, recorded=True), "OPS-5"),
    (ChangeShelf(item_id="i", items=1, recorded=False), "OPS-5"),
    (ChangeShelf(item_id="i", items=1, recorded=True, words=1), "OPS-5"),
    (Resume(client="home", hashes=ONE, downloads=ONE, restoring=True), "CHG-3"),
    (Resume(client="home", hashes=ONE, emergency=True, restoring=True), "CHG-3"),
    (Untag(client="home", hashes=ONE, tag="t", emergency=True, restoring=True), "CHG-3"),
    (Categorise(client="home", hashes=ONE, category="c", emergency=True, restoring=True), "CHG-3"),
]
ALLOWED = [
    ChangeShelf(item_id="i", items=1, recorded=True),
    ChangeShelf(item_id="i", items=1, recorded=True, words=1, over=True),
    purchase(),
    purchase(points=10_500.5),
    purchase(left=None),
    purchase(shortage=0, shortage_needed=False),
    # A renewal of all points, where none is to stay: the price is rounded up to a whole point.
    purchase(points=9_999.2, price=10_000, keep=0),
    Resume(client="home", hashes=ONE, emergency=True),
    Resume(client="home", hashes=ONE, downloads=ONE),
    correction(),
    correction(protected=True, replaces=False),
    release(paid=True),
    wedge(),
    handing_over(),
    RegisterAddress(since_last=None),
]


@pytest.mark.spec("SPEC-1")
@pytest.mark.parametrize(("act", "clause"), FORBIDDEN)
def test_an_act_that_would_break_a_clause_is_refused(act: Act, clause: str) -> None:
    answer = ask(act)
    assert isinstance(answer, Refused)
    assert (answer.clause, bool(answer.reason)) == (clause, True)
    assert find_clause(clause) is not None


@pytest.mark.spec("SPEC-1")
@pytest.mark.parametrize("act", ALLOWED)
def test_an_act_that_breaks_nothing_may_pass(act: Act) -> None:
    assert allow(act).act == act


@pytest.mark.spec("SPEC-1")
@pytest.mark.parametrize("held", [None, "change 3 fails its self-tests"])
def test_a_freeze_is_never_refused(held: str | None) -> None:
    for act in (
        Pause(client="home", hashes=ONE, strangers=ONE),
        Tag(client="home", hashes=ONE, tag="t", strangers=ONE),
    ):
        assert isinstance(ask(act, held), Permit)
    assert isinstance(ask(Resume(client="home", hashes=ONE), held), Permit)


def test_while_a_change_fails_nothing_is_spent_handed_over_or_written() -> None:
    for act in (purchase(), wedge(), handing_over(), release(), correction(), WriteSidecar(path="/a/metadata.json")):
        answer = ask(act, "change 3 fails its self-tests")
        assert isinstance(answer, Refused)
        assert answer.clause == "CHG-2"


def test_the_address_stays_registered_while_a_change_fails() -> None:
    assert isinstance(ask(RegisterAddress(since_last=None), "change 3 fails its self-tests"), Permit)


def test_only_one_place_makes_permits() -> None:
    with pytest.raises(TypeError, match="ask"):
        Permit(purchase(), permits._Key())
    made = [path for path, _, call in calls() if name_of(call.func) == "Permit"]
    assert {path.name for path in made} == {"permits.py"}
    keys = [
        path for path in PACKAGE.rglob("*.py") if "_KEY" in path.read_text() and path != PACKAGE / "domain/permits.py"
    ]
    assert not [path for path in keys if "permits import" in path.read_text() and "_KEY" in _imports(path)]


# What writes outside: calls of an adapter that change the site, a client or the library. Each stands in a function that
# takes a permit, or is here with the reason why it does not.
WITHOUT_PERMIT = {
    ("adapters/tracker/login.py", "ask_once"): "signing in changes nothing; it is your explicit choice",
    ("adapters/tracker/client.py", "ask_once"): "the one place that repeats what only reads",
    ("adapters/audiobookshelf/client.py", "fetch_about"): "asks who the key belongs to",
    ("adapters/audiobookshelf/client.py", "_fetch_chunk"): "asks for many items at once",
    ("adapters/audiobookshelf/client.py", "scan_item"): "lets the server read a folder again",
    ("adapters/audiobookshelf/client.py", "announce_file"): "lets the server read a folder again",
}
READS = {
    "torrents_info", "torrents_files", "torrents_trackers", "torrents_categories", "torrents_properties",
    "torrents_export", "torrents_tags", "torrents_piece_hashes",
}  # fmt: skip


@pytest.mark.spec("SPEC-1")
def test_no_other_call_writes() -> None:
    found = set()
    for path, function, call in calls():
        place = path.relative_to(PACKAGE).as_posix()
        name = name_of(call.func)
        if place == "adapters/audiobookshelf/client.py" and name == "_ask" and not takes_permit(function):
            assert function is not None
            if ast.unparse(call.args[0]) != "'GET'":
                found.add((place, function.name))
        elif place.startswith("adapters/") and _writes(place, name) and not takes_permit(function):
            found.add((place, name))
    assert found - set(WITHOUT_PERMIT) == set()
    assert set(WITHOUT_PERMIT) - found == set()


def _writes(place: str, name: str) -> bool:
    """Requests that are sent once and never repeated, and changes of a client's torrents."""
    if place.startswith("adapters/tracker/"):
        return name == "ask_once"
    return place.startswith("adapters/qbittorrent/") and name.startswith("torrents_") and name not in READS


@pytest.mark.spec("SPEC-1")
def test_each_port_that_writes_asks_for_a_permit() -> None:
    writing = {
        "buy_vip", "fetch_torrent_with_wedge", "register_address", "pause", "resume", "force_resume", "add_tag",
        "remove_tag", "set_category", "create_category", "change_item", "add_torrent", "file_book", "write",
        "make_change",
    }  # fmt: skip
    seen = set()
    for path in [*(PACKAGE / "jobs").rglob("*.py"), PACKAGE / "store/catalogues/drift.py"]:
        for function in functions(ast.parse(path.read_text())):
            is_port = bool(function.args.args) and function.args.args[0].arg == "self"
            if function.name in writing and (is_port or function.name == "make_change"):
                assert takes_permit(function), f"{path}: {function.name}"
                seen.add(function.name)
    assert seen == writing


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def calls() -> Iterator[tuple[Path, ast.FunctionDef | None, ast.Call]]:
    """Every call of the package, with the function that it stands in."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield from ((path, function, call) for function, call in _calls(ast.parse(path.read_text()), None))


def _calls(node: ast.AST, function: ast.FunctionDef | None) -> Iterator[tuple[ast.FunctionDef | None, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        inside = child if isinstance(child, ast.FunctionDef) else function
        if isinstance(child, ast.Call):
            yield function, child
        yield from _calls(child, inside)


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def takes_permit(function: ast.FunctionDef | None) -> bool:
    every = [*function.args.args, *function.args.kwonlyargs] if function else []
    return any(argument.annotation and "Permit[" in ast.unparse(argument.annotation) for argument in every)


def _imports(path: Path) -> set[str]:
    return {
        alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == permits.__name__
        for alias in node.names
    }  # fmt: skip
