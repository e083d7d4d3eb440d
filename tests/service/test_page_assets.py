"""The page's files over HTTP: compressed, kept by the browser, and from here alone."""

import re

from service.dashboard.assets import FOLDERS
from service.http.problems import KINDS
from tests.conftest import Service
from tests.service.requests import single, views


def test_files_are_compressed_and_sent_again_only_when_they_changed(service: Service) -> None:
    whole = service.client.get("/assets/plotly.min.js", headers={"Accept-Encoding": "identity"})
    small = service.client.get("/assets/plotly.min.js", headers={"Accept-Encoding": "gzip"})
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) < len(whole.content) / 2
    assert small.content == whole.content
    etag = small.headers["etag"]
    again = service.client.get("/assets/plotly.min.js", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert service.client.get("/assets/index.js", headers={"If-None-Match": etag}).status_code == 200


def test_the_page_needs_no_other_host_and_nothing_inline(service: Service) -> None:
    page = service.client.get("/").raise_for_status()
    assert "unsafe" not in page.headers["content-security-policy"]
    assert re.findall(r"https?:", page.text) == []
    for path in re.findall(r'(?:src|href)="(/[^"]*)"', page.text):
        assert service.client.get(path, follow_redirects=True).status_code == 200


def test_a_file_that_there_is_not_is_said(service: Service) -> None:
    assert service.client.get("/assets/..%2F__init__.py").status_code == 404
    assert service.client.get("/assets/nothing.js").json()["status"] == 404


def kept_in(service: Service) -> list[object]:
    """What the models folder holds, but for the files of an open database, and what that lists."""
    files = [path for path in service.models.rglob("*") if not path.name.endswith(("-shm", "-wal"))]
    said = [service.client.get(url).json() for url in ("/series", "/uploads")]
    return [{path: path.stat().st_mtime_ns for path in files}, *said]


def test_a_file_that_is_read_is_not_kept(service: Service) -> None:
    before = kept_in(service)
    content = "date,views\n2026-11-18,5\n2026-11-20,7\n2026-11-20,8\n"
    answer = service.client.post("/read", files={"file": ("channel.csv", content)}).raise_for_status().json()
    (series,) = answer["series"]
    assert series["views"] == [5.0, None, 8.0]
    assert (series["first_date"], series["n_days"], series["n_known"], series["total"]) == (
        "2026-11-18",
        3,
        2,
        13.0,
    )
    assert "line 3" in answer["notes"][0]
    assert kept_in(service) == before


def test_a_file_is_read_as_the_query_says(service: Service) -> None:
    file = {"file": ("channel.csv", "date,views\n2026-11-18,5\n2026-11-19,9\n2026-11-20,11\n")}
    for query, counts in ("without_last_day=true", [5, 9]), ("differences=true", [4, 2]):
        answer = service.client.post(f"/read?{query}", files=file).raise_for_status().json()
        assert answer["series"][0]["views"] == counts
    for query in "differences=maybe", "differences=", "differences":
        wrong = service.client.post(f"/read?{query}", files=file)
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "differences")
    assert "true or false" in wrong.json()["detail"]


def test_an_explanation_ends_at_the_forecast(service: Service) -> None:
    body = single(views=views(400), horizon=9)
    forecast = service.predict(body).json()["forecast"]
    answer = service.client.post("/explain", json=body).raise_for_status().json()
    assert abs(answer["steps"][-1]["views"] / forecast[0]["views"] - 1) < 0.003
    assert answer["weekly_copy"][:2] == [views(7)[0], views(7)[1]]
    assert len(answer["weekly_copy"]) == len(answer["straight_line"]) == 9


def test_what_cannot_be_explained_is_refused(service: Service) -> None:
    for body in single(views=[1, 2]), {"series": [{"id": "a", **single()}]}:
        assert service.client.post("/explain", json=body).status_code == 422
    assert service.client.post("/explain", content=b"1").status_code == 415


def test_every_word_that_a_page_names_is_there() -> None:
    files = {path: path.read_text() for folder in FOLDERS for path in folder.iterdir() if path.is_file()}
    tables = [content for path, content in files.items() if path.stem.endswith(("words", "english"))]
    words = {key for table in tables for key in re.findall(r'^  "?([\w-]+)"?:', table, re.MULTILINE)}
    named = re.compile(r"""(?:\btext\(|data-text=|data-label=)"([\w-]+)\"""")
    missing = {(path.name, key) for path, content in files.items() for key in named.findall(content)}
    assert {(name, key) for name, key in missing if key not in words} == set()


def test_every_kind_of_problem_has_chinese_words() -> None:
    (words,) = (path for folder in FOLDERS for path in folder.glob("problem_words.js"))
    named = set(re.findall(r'^  "problem-([\w-]+)"', words.read_text(), re.MULTILINE))
    assert set(KINDS) == named


def test_the_lecture_takes_days_that_are_all_alike(service: Service) -> None:
    question = {"views": [*range(1, 33), *[5] * 28], "last_date": "2026-11-20"}
    answer = service.client.post("/lecture/steps", json=question).raise_for_status().json()
    assert {fit["mae"] for fit in answer["fits"]["fits"]} == {0.0}
