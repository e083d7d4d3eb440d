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
beside = fields.filter(lambda found: "series" not in found)


@given(series=series, more=beside, indent=st.sampled_from([None, 0, 3]), escaped=st.booleans())
def test_what_is_cut_out_is_what_is_there(
    series: list[Any], more: dict[str, Any], indent: int | None, escaped: bool
) -> None:
    body = json.dumps({"series": series, **more}, indent=indent, ensure_ascii=escaped).encode()
    split = split_batch(body, 10_000)
    if split is None:
        # A name, too, may be "series".
        assert body.count(b'"series"') > 1
        return
    assert [json.loads(one) for one in split.series] == series
    assert json.loads(split.envelope) == {"series": [0], **more}


@pytest.mark.parametrize(
    "body",
    [
        b'{"series": []}',
        b'{"series": [1]}',
        b'{"series": [{"id": 1}',
        b'{"series": [{"id": "]}]}',
        b'{"series": [{}], "series": [{}]}',
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
    assert [one.name for one in read_questions(spaced)] == ["a"]
    assert len(read_questions(json.dumps(batch(3)).encode())) == 3
