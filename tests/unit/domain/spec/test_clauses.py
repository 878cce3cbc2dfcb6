"""The clauses as they ship: each has a check and a test, and no test names one that does not exist."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

from mamctl.config.describe import describe_keys
from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.account.vip import VipFacts, decide_renewal
from mamctl.domain.spec import clauses
from mamctl.domain.spec.clause import Clause, ClauseKind, ClauseState
from mamctl.domain.spec.clauses import find_clause, load_clauses
from mamctl.domain.spec.deciding import CONDITIONS, FREEZE, LIMITS, PROTECTED, THAW, clauses_of
from mamctl.domain.spec.evaluate import CHECKS, FIGURES, SHARE_OF_PROMISES, compliance, count, evaluate
from mamctl.domain.spec.facts import Facts
from tests.kit.practice_fixtures import NOW

sys.path.insert(0, str(Path(__file__).parents[4] / "docs"))
import spec_marks

CLAUSES = load_clauses()
MARKED = spec_marks.proofs()


@pytest.mark.spec("SPEC-1")
def test_every_clause_has_a_check_and_a_test() -> None:
    checked = {*CHECKS, *FIGURES, SHARE_OF_PROMISES}
    assert [clause.id for clause in CLAUSES if clause.built and clause.id not in checked] == []
    assert [clause.id for clause in CLAUSES if clause.built and not clause.check] == []
    assert [clause.id for clause in CLAUSES if clause.built and not MARKED.get(clause.id)] == []
    assert {*CHECKS, *FIGURES} <= {clause.id for clause in CLAUSES}


@pytest.mark.spec("SPEC-1")
def test_no_test_names_a_clause_that_does_not_exist() -> None:
    assert sorted(set(MARKED) - {clause.id for clause in CLAUSES}) == []


@pytest.mark.parametrize("clause", [one for one in CLAUSES if one.built], ids=lambda clause: clause.id)
def test_the_main_proofs_exist_and_bear_the_clause(clause: Clause) -> None:
    assert clause.tests
    assert [test for test in clause.tests if test not in MARKED.get(clause.id, ())] == []


def test_the_clauses_that_are_read_are_those_that_are_written() -> None:
    written, read = (
        Path(clauses.__file__).with_name(name).read_text("utf-8") for name in ("clauses.toml", "clauses.json")
    )
    assert json.loads(read) == tomllib.loads(written)["clause"]


def test_ids_are_unique_and_settings_are_keys() -> None:
    ids = [clause.id for clause in CLAUSES]
    assert len(set(ids)) == len(ids)
    keys = {key.key for key in describe_keys()}
    assert {setting for clause in CLAUSES for setting in clause.settings} - keys == set()


def test_a_measure_has_a_bound_and_a_promise_has_none() -> None:
    for clause in CLAUSES:
        bounds = [bound for bound in (clause.least, clause.most) if bound is not None]
        assert len(bounds) == (clause.kind is ClauseKind.MEASURE), clause.id
        assert (clause.unit is not None) == (clause.kind is ClauseKind.MEASURE), clause.id


def test_a_clause_is_found_in_any_case() -> None:
    found = find_clause("vip-8")
    assert found is not None
    assert found.id == "VIP-8"
    assert find_clause("VIP-88") is None


def test_on_an_empty_store_nothing_is_broken_and_each_unknown_says_why() -> None:
    judged = evaluate(CLAUSES, Facts(NOW))
    states = {one.id: one.state for one in judged}
    assert [one.id for one in judged] == [clause.id for clause in CLAUSES]
    assert all(one.detail for one in judged)
    # Without a configuration no key is known: that is what the command hands in.
    assert [name for name, state in states.items() if state is ClauseState.VIOLATED] == [
        "CFG-1",
        "OPS-1",
        "OPS-2-CLAUSES",
    ]
    assert {states[clause.id] for clause in CLAUSES if not clause.built} <= {ClauseState.NOT_APPLICABLE}


def test_counts_add_up_and_compliance_leaves_out_what_cannot_be_judged() -> None:
    judged = evaluate(CLAUSES, Facts(NOW))
    counts = count(judged)
    assert counts.holds + counts.violated + counts.unknown + counts.not_applicable == len(CLAUSES)
    share = compliance(judged)
    assert share is not None
    assert 0 < share < 1
    assert compliance(one for one in judged if one.state is ClauseState.UNKNOWN) is None


def test_texts_are_sentences() -> None:
    for clause in CLAUSES:
        assert re.fullmatch(r"[A-Z0-9].*\.", clause.text), clause.id


def test_what_decides_names_a_clause() -> None:
    known = {clause.id for clause in CLAUSES}
    assert {*CONDITIONS.values(), *LIMITS.values(), FREEZE, THAW, PROTECTED} <= known
    assert clauses_of(["auto_renew", "shortage", "due", "clock"]) == " (VIP-5, VIP-3)"
    assert clauses_of(["auto_renew"]) == ""
    conditions = decide_renewal(VipFacts(None, True, None, 0, False), VipPolicy(), NOW).conditions
    assert set(CONDITIONS) <= {condition.name for condition in conditions}
