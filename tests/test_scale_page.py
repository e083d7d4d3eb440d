"""What docs/scale.md shows for Kubernetes is valid, and belongs together."""

import re
from typing import Any

import kubernetes_validate
import pytest
import yaml

from service.settings import Settings
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
(MANIFEST,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
DOCUMENTS: list[dict[str, Any]] = list(yaml.safe_load_all(MANIFEST))


def pods() -> list[dict[str, Any]]:
    """The pods of the deployment and of the cron job."""
    templates = [
        (document["spec"]["jobTemplate"] if document["kind"] == "CronJob" else document)["spec"]["template"]
        for document in DOCUMENTS
        if document["kind"] != "Service"
    ]
    return [template["spec"] for template in templates]


def test_kubernetes_takes_the_manifest() -> None:
    assert [document["kind"] for document in DOCUMENTS] == ["Deployment", "Service", "CronJob"]
    for document in DOCUMENTS:
        kubernetes_validate.validate(document, "1.34", strict=True)
    DOCUMENTS[-1]["spec"]["jobTemplate"]["spec"]["backoffLimit"] = "two"
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(DOCUMENTS[-1], "1.34", strict=True)


def test_its_parts_belong_together() -> None:
    deployment, service = DOCUMENTS[0]["spec"], DOCUMENTS[1]["spec"]
    assert deployment["selector"]["matchLabels"] == deployment["template"]["metadata"]["labels"]
    assert service["selector"] == deployment["selector"]["matchLabels"]
    for pod in pods():
        volumes = {volume["name"] for volume in pod["volumes"]}
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
            assert container["securityContext"]["readOnlyRootFilesystem"]


def test_its_settings_are_settings_that_are_taken() -> None:
    service, night = pods()
    (container,) = service["containers"]
    chosen: dict[str, Any] = {
        entry["name"].removeprefix("VIEWCAST_").lower(): entry["value"] for entry in container["env"]
    }
    assert chosen.keys() <= Settings.model_fields.keys()
    settings = Settings(archive="postgresql+psycopg://database/viewcast", **chosen)
    assert str(settings.folder) in {mount["mountPath"] for mount in container["volumeMounts"]}
    for each in [*night["initContainers"], *night["containers"]]:
        assert each["env"] == [{"name": "VIEWCAST_MODELS", "value": settings.models}]
        assert each["envFrom"] == container["envFrom"]


@pytest.mark.parametrize("missing", ["archive", "state_folder"])
def test_models_in_an_object_store_leave_no_doubt_where_the_rest_is(missing: str) -> None:
    chosen: dict[str, Any] = {"models": "s3://bucket", "archive": "sqlite:////a", "state_folder": "/state"}
    del chosen[missing]
    with pytest.raises(ValueError, match="has to be set where VIEWCAST_MODELS is in an object store"):
        Settings(**chosen)
