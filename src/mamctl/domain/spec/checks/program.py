"""Checks of the site's use, of its categories, and of the program itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from mamctl.domain.site.endpoints import DOCUMENTED
from mamctl.domain.spec.clause import Finding, Search, holds, search, unknown, violated
from mamctl.domain.spec.clauses import find_clause
from mamctl.domain.spec.facts import Facts

Check = Callable[[Facts], Finding]

_RULES_AGE = timedelta(days=3)
# The variables of the specification and the keys that they stand for.
VARIABLES = {
    "MAM_USERNAME": "tracker.username_env",
    "MAM_PASSWORD": "tracker.password_env",
    "MAM_ID": "tracker.mam_id_env",
    "GOODREADS_API_KEY": "catalogues.goodreads_key_env",
    "GOODREADS_AUTHOR_ID": "catalogues.goodreads_author_id",
    "STT_SERVICE": "speech.service",
    "STT_MODEL_SIZE": "speech.model_size",
    "STT_CACHE_ENABLED": "speech.cache",
    "AZURE_SPEECH_KEY": "speech.azure_key_env",
    "AZURE_SPEECH_REGION": "speech.azure_region",
    "GOOGLE_SPEECH_KEY": "speech.google_key_env",
    "FFMPEG_PATH": "audio.ffmpeg_path",
    "MAX_AUDIO_FILES_PARALLEL": "audio.parallel",
}


def categories_have_rules(facts: Facts) -> Finding:
    """CAT-1."""

    def wrong(name: str, age: timedelta | None) -> str | None:
        if age is None:
            return f"{name} has no rules"
        return f"{name}: its rules are {age.days} days old" if facts.scheduled_daily and age > _RULES_AGE else None

    looked = search(
        wrong(one.name, facts.now - one.updated_at if one.updated_at else None) for one in facts.site.categories
    )
    return looked.finding("categories", "mamctl rules sync", "no rules have been synced yet")


def site_is_asked_politely(facts: Facts) -> Finding:
    """SITE-1."""
    allowed = DOCUMENTED | facts.settings.chosen_endpoints
    looked = search(
        None if path in allowed else f"{day}: {count} requests for {path}, which the API documentation does not list"
        for day, path, count in facts.site.paths
    )
    budget = facts.settings.daily_budget
    for day, count in facts.site.requests:
        looked.look(f"{day}: {count} requests, more than the budget of {budget}" if count > budget else None)
    return looked.finding("entries of the journal of requests", "mamctl config show", "the site has not been asked yet")


def variables_are_known(facts: Facts) -> Finding:
    """CFG-1."""
    looked = search(
        None if key in facts.settings.keys else f"{name} stands for {key}, which is not a key of this version"
        for name, key in VARIABLES.items()
    )
    return looked.finding("environment variables", "mamctl config schema")


def schema_is_current(facts: Facts) -> Finding:
    """CFG-2."""
    program = facts.program
    if program.schema != program.newest_schema or program.migrations != program.schema:
        detail = (
            f"the schema is {program.schema} of {program.newest_schema}, with {program.migrations} migrations on record"
        )
        return violated(detail, "restore the backup beside the database", [detail])
    if program.broken_references:
        detail = f"{program.broken_references} rows refer to rows that are not there"
        return violated(detail, "restore the backup beside the database", [detail])
    return holds(f"schema {program.schema}, each step a numbered migration; no reference is broken")


def refusals_name_clauses(facts: Facts) -> Finding:
    """SPEC-1."""
    looked = Search()
    for one in facts.program.refusals:
        known = find_clause(one.clause) is not None
        looked.look(None if known else f"{one.act} at {one.at:%Y-%m-%d %H:%M} UTC: refused by {one.clause}, no clause")
    if looked.broken:
        return looked.finding("refusals", "please report it")
    count = len(facts.program.refusals)
    return holds(f"every clause has a check; {count} acts were refused" if count else "every clause has a check")


def incidents_are_recorded(facts: Facts) -> Finding:
    """OPS-2."""
    if not facts.program.runs:
        return unknown("no run is on record yet", "mamctl vip check")
    looked = search(
        f"the broken promise {one.subject} ended before it began"
        if one.ended_at and one.ended_at < one.began_at
        else None
        for one in facts.program.spells
    )
    if looked.broken:
        return looked.finding("incidents", "please report it")
    return holds("each measure has a figure or says why not: mamctl spec list --clause OPS-2")


def something_runs_it(facts: Facts) -> Finding:
    """OPS-4."""
    last = next((run for run in facts.program.runs if run.scheduled), None)
    if last is None:
        return unknown("no scheduler has run mamctl yet", "mamctl cron install")
    return holds(f"{last.job} was run by a scheduler at {last.started_at:%Y-%m-%d %H:%M} UTC")


CHECKS: Mapping[str, Check] = {
    "CAT-1": categories_have_rules,
    "SITE-1": site_is_asked_politely,
    "CFG-1": variables_are_known,
    "CFG-2": schema_is_current,
    "SPEC-1": refusals_name_clauses,
    "OPS-4": something_runs_it,
    "OPS-2": incidents_are_recorded,
}
