import pytest

from mamctl.adapters.documents import (
    MOST_TAGS,
    MOST_VALUES,
    TooManyValuesError,
    decode_html,
    decode_json,
    decode_xml,
)


def test_a_document_of_many_values_is_refused_before_it_is_read():
    with pytest.raises(TooManyValuesError, match="it has some 200,002 values; at most 200,000 are read"):
        decode_json(b"[" + b"{}," * (MOST_VALUES // 2) + b"{}]")
    with pytest.raises(TooManyValuesError, match="it has some 200,002 values"):
        decode_xml(b"<a>" + b"<b/>" * MOST_VALUES + b"</a>")
    with pytest.raises(TooManyValuesError, match="it has some 100,001 values; at most 100,000 are read"):
        decode_html("<p>" * (MOST_TAGS + 1))


@pytest.mark.parametrize("most", [4, 100])
def test_what_has_no_more_is_read(most):
    assert decode_json('[1, {"a": 2}]'.ljust(50), most) == [1, {"a": 2}]
    assert decode_xml(b"<a><b/></a>".ljust(50), most)[0].tag == "b"


def test_a_long_text_is_not_many_values():
    assert len(decode_json(b'"' + b"a" * 3 * MOST_VALUES + b'"')) == 3 * MOST_VALUES


def test_what_is_not_a_document_is_an_error_of_its_value():
    for broken in (b"{", b"", b"[" * 1000 + b"{"):
        with pytest.raises((ValueError, RecursionError)):
            decode_json(broken)
    with pytest.raises(ValueError, match="Start tag expected"):
        decode_xml(b"no element")
