"""The limits of docker-compose.yml, of systemd's unit and of Kubernetes' manifests hold what they promise."""

import re
from typing import Any

import pytest
import yaml

from service.settings import MEBIBYTE, Settings
from tests.conftest import ROOT
from tests.proxy import block, blocks
from tests.test_scale_page import DOCUMENTS

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def test_no_log_of_a_container_grows_for_ever() -> None:
    for name, service in COMPOSE.items():
        assert service.get("logging", {}).get("options") == {"max-size": "10m", "max-file": "3"}, name


def test_every_container_that_is_to_stay_starts_again() -> None:
    ending = {name for name, service in COMPOSE.items() if service.get("restart") != "unless-stopped"}
    assert ending == {"train", "scale-train"}


def of_compose() -> tuple[dict[str, str], str]:
    default = re.compile(r"\$\{\w+:-(.*)\}")
    environment = {
        name: default.sub(r"\1", value or "") for name, value in COMPOSE["api"]["environment"].items()
    }
    return environment, default.sub(r"\1", COMPOSE["api"]["mem_limit"])


def of_systemd() -> tuple[dict[str, str], str]:
    settings = re.findall(r"(VIEWCAST_\w+)=(\S+)", block("ini"))
    return dict(settings), re.findall(r"MemoryMax=(\S+)", block("ini"))[0]


def of_kubernetes(documents: list[dict[str, Any]]) -> tuple[dict[str, str], str]:
    (deployment,) = (document for document in documents if document["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    settings = {setting["name"]: setting["value"] for setting in container["env"]}
    return settings, container["resources"]["limits"]["memory"]


def most_bytes(settings: Settings) -> int:
    """The sums of the tables on memory in docs/operations.md."""
    worker = (
        (256 + 192) * MEBIBYTE
        + settings.max_bytes_in_flight
        + 32 * settings.max_predict_bytes
        + 2 * MEBIBYTE * settings.max_requests
        + 13 * settings.max_history_bytes
    )
    return settings.workers * (worker + 1280 * MEBIBYTE + 20 * settings.max_history_bytes)


@pytest.mark.parametrize(
    "shown",
    [
        of_compose(),
        of_systemd(),
        of_kubernetes(list(yaml.safe_load_all(blocks("yaml")[0]))),
        of_kubernetes(DOCUMENTS),
    ],
    ids=["compose", "systemd", "kubernetes", "scale"],
)
def test_no_request_makes_a_service_need_more_memory_than_it_may_have(
    shown: tuple[dict[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment, limit = shown
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("VIEWCAST_ARCHIVE", "sqlite:///archive.sqlite")
    gibibytes = int(limit.lower().removesuffix("i").removesuffix("g"))
    assert most_bytes(Settings()) <= gibibytes * 1024 * MEBIBYTE
