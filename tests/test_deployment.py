"""What docs/deployment.md shows works: the proxy, systemd's unit and the manifest for Kubernetes."""

import shutil
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import kubernetes_validate
import pytest
import yaml

from tests.conftest import ROOT, Service
from tests.nginx import replaced
from tests.proxy import block, blocks, needs_nginx, proxied


@needs_nginx
def test_the_proxy_passes_forecasts_on_over_tls(service: Service, tmp_path: Path) -> None:
    with proxied(service, tmp_path) as port:
        trusted = ssl.create_default_context(cafile=tmp_path / "a.pem")
        with httpx.Client(base_url=f"https://localhost:{port}", verify=trusted, timeout=300) as client:
            body = {"views": [1, 2, 3, 4, 5, 6, 7], "last_date": "2026-11-20"}
            own_page = {"Origin": f"https://localhost:{port}"}
            assert client.post("/predict", json=body, headers=own_page).status_code == 200
            foreign = client.post("/predict", json=body, headers={"Origin": "https://other.example"})
            assert foreign.json()["type"] == "urn:viewcast:foreign-page"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = replaced(block("ini"), ("/opt/viewcast/.venv/bin/python", f'"{sys.executable}"'))
    path = tmp_path / "viewcast.service"

    def verified(text: str) -> subprocess.CompletedProcess[str]:
        path.write_text(text)
        command = ["systemd-analyze", "verify", "--man=no", str(path)]
        return subprocess.run(command, capture_output=True, text=True)

    done = verified(unit)
    assert (done.returncode, "viewcast.service" in done.stderr) == (0, False), done.stderr
    assert "Unknown key" in verified(unit.replace("MemoryMax", "MemoryMost")).stderr


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(blocks("yaml")[0]))


def test_kubernetes_takes_the_manifest() -> None:
    for manifest in manifests():
        kubernetes_validate.validate(manifest, "1.34", strict=True)
    (deployment,) = (document for document in manifests() if document["kind"] == "Deployment")
    deployment["spec"]["replicas"] = "one"
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, "1.34", strict=True)


def test_the_parts_of_the_manifest_belong_together() -> None:
    by_kind = {document["kind"]: document for document in manifests()}
    deployment, exposed = by_kind["Deployment"]["spec"], by_kind["Service"]["spec"]
    pod = deployment["template"]["spec"]
    assert deployment["selector"]["matchLabels"] == deployment["template"]["metadata"]["labels"]
    assert exposed["selector"] == deployment["selector"]["matchLabels"]
    (container,) = pod["containers"]
    (port,) = container["ports"]
    assert exposed["ports"][0]["targetPort"] == port["name"]
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert f"EXPOSE {port['containerPort']}" in dockerfile
    user = pod["securityContext"]["runAsUser"]
    assert f"USER {user}:{user}" in dockerfile
    kept = [volume for volume in pod["volumes"] if "emptyDir" not in volume]
    claims = [volume["persistentVolumeClaim"]["claimName"] for volume in kept]
    assert claims == [by_kind["PersistentVolumeClaim"]["metadata"]["name"]]
    names = {volume["name"] for volume in pod["volumes"]}
    for each in [*pod["initContainers"], container]:
        assert {mount["name"] for mount in each["volumeMounts"]} == names
        assert each["image"] == container["image"]


def test_the_pod_that_kserve_is_to_make_is_the_one_of_the_manifest_without_its_training() -> None:
    """KServe's own fields are beyond Kubernetes' schemas; the rest of a predictor is a pod's."""
    predictor = yaml.safe_load(blocks("yaml")[1])["spec"]["predictor"]
    kserves = {"minReplicas", "maxReplicas", "deploymentStrategy"}
    pod = {name: value for name, value in predictor.items() if name not in kserves}
    (deployment,) = (document for document in manifests() if document["kind"] == "Deployment")
    plain = deployment["spec"]["template"]["spec"]
    (container,), (plain_container,) = pod["containers"], plain["containers"]
    for name in "image", "volumeMounts":
        assert container[name] == plain_container[name]
    assert container["readinessProbe"]["httpGet"]["port"] == plain_container["ports"][0]["containerPort"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert pod["securityContext"].items() <= plain["securityContext"].items()
    deployment["spec"]["template"]["spec"] = pod
    kubernetes_validate.validate(deployment, "1.34", strict=True)


@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_the_probes_are_answered(service: Service, probe: str) -> None:
    (deployment,) = (document for document in manifests() if document["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    probed = container[probe]["httpGet"]
    headers = {header["name"]: header["value"] for header in probed["httpHeaders"]}
    assert service.client.get(probed["path"], headers=headers).status_code == 200
    by_address = service.client.get(probed["path"], headers={"Host": "10.0.0.7:8000"})
    assert by_address.status_code == 421
