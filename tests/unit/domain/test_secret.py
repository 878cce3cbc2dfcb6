"""A secret leaves by reveal() and by nothing else."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import asdict, dataclass

import pytest

from mamctl.domain.secret import Secret

HIDDEN = Secret("hush")


@dataclass(frozen=True)
class Holder:
    secret: Secret


def test_it_prints_as_stars():
    for text in (
        str(HIDDEN),
        repr(HIDDEN),
        f"{HIDDEN}",
        f"{HIDDEN:>5}",
        repr(Holder(HIDDEN)),
        str(asdict(Holder(HIDDEN))),
    ):
        assert "hush" not in text
        assert "***" in text


def test_it_cannot_be_written():
    with pytest.raises(TypeError):
        json.dumps({"k": HIDDEN})
    with pytest.raises(TypeError):
        pickle.dumps(HIDDEN)


def test_it_is_itself():
    assert HIDDEN.reveal() == "hush"
    assert Secret("hush") == HIDDEN
    assert Secret("other") != HIDDEN
    assert copy.deepcopy(HIDDEN) == HIDDEN
    assert not Secret("")
    assert len({HIDDEN, Secret("hush")}) == 1


def test_a_secret_that_others_repeat_is_masked_whole_and_line_by_line() -> None:
    from mamctl.domain.secret import mask_secrets

    Secret("hunter2hush\nse'cond-line")
    told = "Illegal header value b\"Bearer hunter2hush\\nse'cond-line\" in se'cond-line"
    assert mask_secrets(told) == 'Illegal header value b"Bearer ***\\n***" in ***'
    Secret("ab")
    assert mask_secrets("about") == "about"


def test_an_excerpt_never_shows_a_secret_of_this_process() -> None:
    from mamctl.domain.redaction import excerpt

    Secret("correct horse")
    assert excerpt("<p>you said correct horse</p>") == "you said ***"


def test_a_secret_is_found_as_a_page_and_an_address_hold_it():
    from mamctl.domain.redaction import redact
    from mamctl.domain.secret import mask_secrets

    Secret('plum"&/seven stones')
    assert mask_secrets("<p>plum&quot;&amp;/seven stones</p>") == "<p>***</p>"
    assert mask_secrets("?key=plum%22%26%2Fseven%20stones&b=1") == "?key=***&b=1"
    assert mask_secrets("?key=plum%22%26/seven%20stones") == "?key=***"
    assert redact('mam_id=plum"&/seven stones;') == "mam_id=[removed];"
