"""Who may ask, and what every answer bears."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from service.http.api_keys import KeyFile
from tests.conftest import PATIENCE_SECONDS, Service, serving, wait_until
from tests.service.requests import single


def open_connection(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)


CSV = {"Content-Type": "text/csv"}


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service without a model, for the public name views.example.org and the pages of a friend."""
    folder = tmp_path_factory.mktemp("gated") / "models"
    with serving(
        folder, hosts="localhost,127.0.0.1,views.example.org", cors_origins="https://friend.example"
    ) as service:
        yield service


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "views.example.org.evil"])
def test_a_host_that_is_not_served_is_refused(gated: Service, host: str) -> None:
    answer = gated.client.get("/healthz", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"
    assert "VIEWCAST_HOSTS" in answer.json()["detail"]


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:9999", "views.example.org", "VIEWS.example.org:443"]
)
def test_hosts_that_are_served_are_answered_on_any_port(gated: Service, host: str) -> None:
    assert gated.client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_a_foreign_page_can_add_no_history(gated: Service, headers: dict[str, str]) -> None:
    form = {"file": ("history.csv", b"date,views\n2026-11-20,1\n", "text/csv")}
    answer = gated.client.post("/retrain", files=form, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:viewcast:foreign-page"
    assert not (gated.models / "archive.sqlite").exists()


def test_pages_of_its_own_and_of_friends_and_programs_may_write(gated: Service) -> None:
    address = f"http://127.0.0.1:{gated.port}"
    for headers in (
        {"Origin": address, "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://friend.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://views.example.org", "Host": "views.example.org"},
        {},
    ):
        answer = gated.client.post("/retrain", content=b"wrong", headers=CSV | headers)
        assert answer.status_code == 422, answer.text


def test_only_friends_are_told_that_they_may_read_an_answer(gated: Service) -> None:
    for origin, allowed in ("https://friend.example", True), ("https://evil.example", False):
        answer = gated.client.get("/healthz", headers={"Origin": origin})
        assert (answer.headers.get("access-control-allow-origin") == origin) is allowed
        preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        answer = gated.client.options("/predict", headers=preflight)
        assert (answer.status_code == 200) is allowed


def test_a_friend_can_read_what_is_refused_and_the_headers_of_answers(models: Path) -> None:
    friend = {"Origin": "https://friend.example"}
    KeyFile(models).create("mine", ["predict"])
    with serving(models, cors_origins=friend["Origin"]) as service:
        refused = service.client.get("/series", headers=friend)
        preflight = friend | {"Access-Control-Request-Method": "POST"}
        asked_first = service.client.options("/predict", headers=preflight)
    assert (refused.status_code, asked_first.status_code) == (401, 200)
    assert refused.headers["access-control-allow-origin"] == friend["Origin"]
    exposed = set(refused.headers["access-control-expose-headers"].split(", "))
    assert exposed == {"Link", "Location", "Retry-After", "X-Request-ID"}
    assert "x-request-id" in asked_first.headers


def test_by_default_no_page_is_told_that_it_may_read(service: Service) -> None:
    answer = service.client.get("/healthz", headers={"Origin": "https://friend.example"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/openapi.json", "/docs", "/predict"])
def test_every_answer_bears_its_request_id_and_says_what_browsers_may_not(
    service: Service, path: str
) -> None:
    answer = service.client.get(path)
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["x-request-id"])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "server" not in answer.headers
    policy = answer.headers.get("content-security-policy", "")
    assert ("default-src 'none'" in policy) is answer.headers["content-type"].startswith("text/html")


def test_a_request_id_that_is_sent_is_answered_unless_it_could_do_harm(service: Service) -> None:
    for sent, is_kept in ("deploy-7.a_b", True), ("a b", False), ("x" * 65, False), ('"', False):
        answer = service.client.get("/healthz", headers={"X-Request-ID": sent})
        assert (answer.headers["x-request-id"] == sent) is is_kept


def test_more_requests_than_can_be_served_get_a_fast_503(models: Path) -> None:
    with serving(models, max_requests=2) as service, ExitStack() as stack:
        body = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        for _ in range(2):
            begun = stack.enter_context(open_connection(service.port))
            begun.sendall(f"{body}Content-Length: 100\r\n\r\n{{".encode())
        wait_until(lambda: service.client.get("/healthz").status_code == 503)
        answers = [service.client.get("/healthz") for _ in range(3)]
        assert {answer.status_code for answer in answers} == {503}
        assert answers[0].headers["retry-after"] == "1"
        assert answers[0].json()["type"] == "urn:viewcast:overloaded"
        stack.close()
        wait_until(lambda: service.predict(single()).status_code == 200)


def test_the_documentation_can_be_switched_off(models: Path) -> None:
    with serving(models, docs="false") as service:
        for path in "/docs", "/openapi.json", "/redoc":
            assert service.client.get(path).status_code == 404
        assert service.predict(single()).status_code == 200


def test_bodies_of_all_requests_together_have_a_limit(models: Path) -> None:
    head = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    body = b'{"views": [' + b"1, " * 200_000 + b"1]}"
    with serving(models, max_bytes_in_flight=1_000_000) as service:
        with ExitStack() as begun:

            def answer() -> dict[str, object]:
                kind = {"Content-Type": "application/json"}
                result: dict[str, object] = service.client.post("/predict", content=body, headers=kind).json()
                return result

            def overloaded() -> bool:
                # Begun anew each time: what is sent while another body is being read is refused itself.
                connection = begun.enter_context(open_connection(service.port))
                connection.sendall(f"{head}Content-Length: 900000\r\n\r\n".encode() + b" " * 800_000)
                return answer()["type"] == "urn:viewcast:overloaded"

            wait_until(overloaded)
            assert service.predict(single()).status_code == 200
        wait_until(lambda: answer()["type"] == "urn:viewcast:invalid-input")


def test_series_count_among_them_with_what_they_take_until_they_are_answered(models: Path) -> None:
    long = {"views": [1] * 4_000, "last_date": "2026-11-20"}
    small, large = ({"series": [{"id": str(i), **long} for i in range(n)]} for n in (10, 50))
    with serving(models, max_bytes_in_flight=1_000_000) as service:
        answer = service.predict(large)
        assert int(answer.request.headers["content-length"]) < 1_000_000
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:viewcast:overloaded")
        for _ in range(3):
            assert service.predict(small).status_code == 200
