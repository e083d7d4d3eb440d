"""The bodies of `POST /retrain`: which are read, and as what history."""

import asyncio
import gzip
import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

import httpx
import numpy as np
import pytest

from service.http.problems import ProblemError
from service.uploads import read_upload
from training.history.series import History

LONG = b"series,date,views\na,2026-11-19,5\na,2026-11-20,6\nb,2026-11-20,7\n"


def upload(
    *, content: bytes | None = None, content_type: str | None = None, query: str = "", **more: Any
) -> History | None:
    """Read a body as the service does, its bytes coming in pieces."""
    headers = {} if content_type is None else {"Content-Type": content_type}
    request = httpx.Request("POST", "http://viewcast/retrain", content=content, headers=headers, **more)
    body = request.read()
    pieces = [body[i : i + 10] for i in range(0, len(body), 10)] or [b""]
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages[-1]["more_body"] = False
    coming = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(coming)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/retrain",
        "query_string": query.encode(),
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
    }
    return asyncio.run(read_upload(scope, receive))


def refused(**request: Any) -> ProblemError:
    with pytest.raises(ProblemError) as raised:
        upload(**request)
    return raised.value


def as_json(document: object) -> dict[str, Any]:
    return {"content": json.dumps(document).encode(), "content_type": "application/json"}


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files:
            archive.writestr(name, text)
    return content.getvalue()


def test_no_body_is_no_history() -> None:
    assert upload() is None


@pytest.mark.parametrize(
    "request_",
    [
        {"content": LONG, "content_type": "text/csv"},
        {"content": LONG, "content_type": "Text/CSV; charset=utf-8"},
        {"content": LONG, "content_type": "application/x-www-form-urlencoded"},
        {"content": gzip.compress(LONG), "content_type": "application/octet-stream"},
        {"content": zipped([("views.csv", LONG)]), "content_type": "application/zip"},
        {"content": zipped([("views.csv", LONG)]), "content_type": "application/x-zip-compressed"},
        {"files": {"file": ("views.csv", LONG)}},
        {"files": {"whatever": (r"C:\\my files\views.CSV", LONG, "application/vnd.ms-excel")}},
        {"files": {"file": ("views.zip", zipped([("views.csv", LONG)]))}, "data": {"comment": "mine"}},
        as_json(
            {
                "series": [
                    {"id": "a", "views": [5, 6], "last_date": "2026-11-20"},
                    {"id": "b", "views": [None, 7, None], "last_date": "2026-11-21"},
                ]
            }
        ),
    ],
    ids=[
        "csv",
        "csv with charset",
        "csv by curl",
        "gzip of some kind",
        "zip",
        "zip by Windows",
        "form",
        "form by Windows",
        "form with a zip",
        "json",
    ],
)
def test_each_kind_of_body_is_read_as_the_same_history(request_: dict[str, Any]) -> None:
    history = upload(**request_)
    assert history is not None
    assert history.names() == ("a", "b")
    assert [series.views.tolist() for series in history.series] == [[5, 6], [7]]
    assert history.first_date == np.datetime64("2026-11-19")
    assert history.last_date == np.datetime64("2026-11-20")


FIVE_SIX = {"2026-11-19": 5, "2026-11-20": 6}
COLUMNS: dict[str, list[Any]] = {"date": list(FIVE_SIX), "views": list(FIVE_SIX.values())}
RECORDS = [{"date": date, "views": count} for date, count in FIVE_SIX.items()]


@pytest.mark.parametrize(
    "document",
    [
        RECORDS,
        COLUMNS,
        FIVE_SIX,
        {"views": FIVE_SIX},
        {"views": RECORDS},
        {"data": {"items": RECORDS}},
        {"series": RECORDS},
        {"series": "home", "days": RECORDS},
        {"columns": ["date", "views"], "rows": list(map(list, FIVE_SIX.items()))},
        {name: dict(enumerate(column)) for name, column in COLUMNS.items()},
        {"start": "2026-11-19", "target": [5, 6]},
        {"series": [{"start": "2026-11-19", "target": [5, 6]}]},
    ],
)
def test_json_is_read_in_every_form_that_a_file_may_have(document: object) -> None:
    sent = upload(**as_json(document))
    form: dict[str, Any] = {"files": {"file": ("views.json", json.dumps(document))}}
    assert sent is not None
    assert [(series.first_date, series.views.tolist()) for series in sent.series] == [
        (np.datetime64("2026-11-19"), [5, 6])
    ]
    assert sent == upload(**form)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_json_with_a_mark_of_unicode_is_read(encoding: str) -> None:
    marked: dict[str, Any] = {
        "content": json.dumps(COLUMNS).encode(encoding),
        "content_type": "application/json",
    }
    assert upload(**marked) == upload(**as_json(COLUMNS))


def test_a_series_a_line_keeps_its_metric() -> None:
    lines = b'{"id": "a", "metric": "clicks", "views": [5], "last_date": "2026-11-20"}\n' * 2
    history = upload(content=lines.replace(b"a", b"b", 1), content_type="application/x-ndjson")
    assert history is not None
    assert [series.key for series in history.series] == [("a", "clicks"), ("b", "clicks")]
    problem = refused(files={"file": ("views.jsonl", lines)})
    assert 'counts "clicks"' in problem.detail


def test_a_series_without_a_name_is_named_as_in_a_file_without_names() -> None:
    named_by_json = upload(**as_json({"views": [5, None, 6], "last_date": "2026-11-20"}))
    named_by_csv = upload(content=b"date,views\n2026-11-18,5\n2026-11-20,6\n", content_type="text/csv")
    assert named_by_json == named_by_csv


def test_what_was_cleaned_comes_with_the_history() -> None:
    history = upload(content=LONG + b"b,2026-11-20,7\n", content_type="text/csv")
    assert history is not None
    assert len(history.notes) == 1


@pytest.mark.parametrize(
    ("request_", "kind", "said"),
    [
        ({"content": b"", "content_type": "text/csv"}, "invalid-input", "upload.csv"),
        ({"content": b"series,date,views\n", "content_type": "text/csv"}, "invalid-input", "upload.csv"),
        ({"content": b"a,b\n1,2\n", "content_type": "text/csv"}, "invalid-input", "upload.csv"),
        ({"content": LONG + b"c,2026-11-20,many\n", "content_type": "text/csv"}, "invalid-input", "line 5"),
        ({"content": b"PK\x03\x04", "content_type": "application/zip"}, "invalid-input", "upload.zip"),
        ({"files": {"file": ("views.csv", b"\xff\xfe\x00")}}, "invalid-input", "views.csv"),
        ({"files": [("file", ("1.csv", LONG)), ("file", ("2.csv", LONG))]}, "invalid-input", "exactly one"),
        ({"data": {"file": "views.csv"}, "files": {}}, "invalid-input", "the first line has to name"),
        ({"content": LONG}, "unsupported-content", "missing"),
        ({"content": LONG, "content_type": "image/png"}, "unsupported-content", "image/png"),
        ({"content": b"{", "content_type": "application/json"}, "malformed-body", "not JSON"),
        ({"content": b"", "content_type": "application/json"}, "malformed-body", "not JSON"),
        (as_json({}), "invalid-input", "views is missing"),
        (as_json({"series": []}), "invalid-input", "series"),
        (as_json({"views": [], "last_date": "2026-11-20"}), "invalid-input", "views"),
        (as_json({"views": [None], "last_date": "2026-11-20"}), "invalid-input", "no day"),
        (as_json({"views": [-1], "last_date": "2026-11-20"}), "invalid-input", "views[0]"),
        (as_json({"views": [1], "last_date": "1066-10-14"}), "invalid-input", "1066"),
        (as_json({"views": [1] * 36_526, "last_date": "2026-11-20"}), "invalid-input", "views"),
        (as_json({"series": [{"views": [1], "last_date": "2026-11-20"}]}), "invalid-input", "series[0].id"),
        (
            as_json({"series": [{"id": "a", "views": [1], "last_date": "2026-11-20"}] * 2}),
            "invalid-input",
            "series[1].id",
        ),
        (
            as_json({"series": [{"id": "a", "views": [None], "last_date": "2026-11-20"}]}),
            "invalid-input",
            "series[0]",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_place(
    request_: dict[str, Any], kind: str, said: str
) -> None:
    problem = refused(**request_)
    assert problem.kind == kind
    assert said in problem.detail


@pytest.mark.parametrize(
    ("content", "query", "said"),
    [
        (b"Date,Clicks,Likes\n2026-11-01,5,6\n", "", "?views=Clicks chooses one"),
        (b"Date,Engaged views\n2026-11-01,5\n", "", "?views=Engaged%20views chooses it"),
        (b"date,views\n2026-11-01,5\n", "views=Plays", 'no column "Plays", which ?views= names'),
        (LONG, "series=c", "?series= names a lone one"),
        (b"date,views\n2026-11-01,5\n", "series=%07", "?series=: "),
    ],
)
def test_a_refusal_names_options_as_the_query_does(content: bytes, query: str, said: str) -> None:
    problem = refused(content=content, content_type="text/csv", query=query)
    assert said in problem.detail
    assert "--" not in problem.detail


def test_notes_name_options_as_the_query_does() -> None:
    counts = "".join(f"2026-10-{day:02},{1000 + day}\n" for day in range(1, 21))
    history = upload(content=f"date,views\n{counts}2026-10-21,7\n".encode(), content_type="text/csv")
    lifetime = upload(content=f"date,views\n{counts}".encode(), content_type="text/csv")
    assert history is not None
    assert lifetime is not None
    assert "?without_last_day=true leaves it out" in history.notes[0]
    assert "?differences=true takes what each day added" in lifetime.notes[0]


def test_a_form_that_is_cut_off_is_refused() -> None:
    with pytest.raises(Exception, match=r".") as raised:
        upload(content=b"--x\r\nContent-Disposition: form", content_type="multipart/form-data; boundary=x")
    assert getattr(raised.value, "status_code", 422) in (400, 422)
