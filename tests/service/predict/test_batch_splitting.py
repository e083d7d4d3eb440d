"""A batch is cut into its series without being read: what comes out is what is in it, or nothing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.http.problems import ProblemError
from service.predict.batch_splitting import split_batch
from service.predict.questions import read_questions
from tests.service.requests import batch, single

# Names that would lead astray whoever counts braces.
awkward = st.text(st.sampled_from('{}[]",:\\ série\n"'), min_size=1, max_size=12)
fields = st.dictionaries(awkward | st.sampled_from(["id", "views"]), awkward | st.integers(), max_size=3)
series = st.lists(
    st.fixed_dictionaries({"id": awkward, "more": fields | st.lists(st.integers())}), min_size=1
)
beside = fields.filter(lambda drawn: "series" not in drawn)


@given(series=series, more=beside, indent=st.sampled_from([None, 0, 3]), escaped=st.booleans())
def test_what_is_cut_out_is_what_is_there(
    series: list[Any], more: dict[str, Any], indent: int | None, escaped: bool
) -> None:
    body = json.dumps({"series": series, **more}, indent=indent, ensure_ascii=escaped).encode()
    split = split_batch(body, 10_000)
    if split is None:
        # A name, too, may be "series", and an escape may write it.
        assert body.count(b'"series"') > 1 or "\\u" in json.dumps(more)
        return
    assert [json.loads(text) for text in split.series] == series
    assert json.loads(split.envelope) == {"series": [0], **more}


@pytest.mark.parametrize(
    "body",
    [
        b'{"series": []}',
        b'{"series": [1]}',
        b'{"series": [{"id": 1}',
        b'{"series": [{"id": "]}]}',
        b'{"series": [{}], "series": [{}]}',
        rb'{"series": [{}], "s\u0065ries": [{}]}',
        b'{"series": [{} {}]}',
        b'{"series": {"a": [{}]}}',
    ],
)
def test_what_looks_otherwise_is_left_to_be_read_whole(body: bytes) -> None:
    assert split_batch(body, 10_000) is None


@pytest.mark.parametrize(
    "body",
    [
        b'{"levels": [80], "other": {"series": [{"id": "a"}]}}',
        b'{"series": [{"id": "a", "views": [1,2,3,4,5,6,7], "last_date": "2026-11-20"}], "horizon": 0}',
        b'{"series": [{"id": "a", "views": [1,2,3,4,5,6,7,], "last_date": "2026-11-20"}]}',
        b'[{"series": [{"id": "a", "views": [1,2,3,4,5,6,7], "last_date": "2026-11-20"}]}]',
        b'{"series": [{"id": "a", "views": [1,2,3,4,5,6,7], "last_date": "2026-11-20"}]}}',
    ],
)
def test_what_is_wrong_is_refused_as_it_would_be_when_read_whole(body: bytes) -> None:
    with pytest.raises(ProblemError):
        read_questions(body)


def test_series_of_more_bytes_than_usual_are_read_all_the_same() -> None:
    long = {"id": "a", **single(views=[1234567] * 60), "levels": [80]}
    del long["levels"]
    spaced = json.dumps({"series": [long]}).replace(" ", " " * 2_000).encode()
    assert [question.name for question in read_questions(spaced)] == ["a"]
    assert len(read_questions(json.dumps(batch(3)).encode())) == 3


@pytest.mark.parametrize("again", [b'"series"', rb'"s\u0065ries"', rb'"\u0073eries"'])
def test_of_two_lists_of_series_the_last_one_is_answered_however_it_is_written(again: bytes) -> None:
    first, last = batch(1), batch(2)
    body = (
        json.dumps(first).encode()[:-1] + b", " + again + b": " + json.dumps(last["series"]).encode() + b"}"
    )
    assert [question.name for question in read_questions(body)] == ["video 0", "video 1"]


def test_escapes_in_the_names_of_fields_are_read_as_json_has_them() -> None:
    body = json.dumps(batch(1)).replace('"series"', r'"s\u0065ries"').encode()
    assert len(read_questions(body)) == 1
    kept = rb'{"id": "caf\u00e9", "horizon": 3}'
    assert read_questions(kept)[0].name == "café"
