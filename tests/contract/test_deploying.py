"""The unit and the manifest that operators are given name what the service has."""

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml
from pydantic import AliasChoices

from app.settings import ROOT, Settings

FOLDER = ROOT / "docs" / "deploying"
UNIT = FOLDER / "dondoc.service"
NAMES = {
    name
    for field in Settings.model_fields.values()
    for name in (
        field.validation_alias.choices if isinstance(field.validation_alias, AliasChoices) else [field.validation_alias]
    )
}
MANIFESTS: dict[tuple[str, str], Any] = {
    (one["kind"], one["metadata"]["name"]): one
    for one in yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text("utf-8"))
}


def test_the_unit_is_one_that_systemd_takes() -> None:
    if not (tool := shutil.which("systemd-analyze")):
        pytest.skip("there is no systemd here")
    found = subprocess.run([tool, "verify", "--man=no", UNIT], capture_output=True, text=True, check=False)  # noqa: S603

    # Where it is tried there is no such program.
    wrong = [line for line in found.stderr.splitlines() if "/srv/dondoc/.venv/bin/dondoc is not executable" not in line]
    assert wrong == []
    unit = UNIT.read_text("utf-8")
    assert set(re.findall(r"\b(D(?:ATABASE|ONDOC)_[A-Z_]+)", unit)) <= NAMES


def test_the_manifest_names_what_the_service_has() -> None:
    service, worker = (MANIFESTS["Deployment", name]["spec"] for name in ("dondoc", "dondoc-worker"))
    settings = MANIFESTS["ConfigMap", "dondoc"]["data"]
    (container,) = service["template"]["spec"]["containers"]

    assert settings.keys() <= NAMES
    Settings.model_validate({name: value for name, value in settings.items() if name in NAMES})
    probes = {kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")}
    assert probes == {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"}
    assert {"name": "metrics", "containerPort": int(settings["DONDOC_METRICS_PORT"])} in container["ports"]
    grace = service["template"]["spec"]["terminationGracePeriodSeconds"]
    assert grace > int(settings["DONDOC_DRAIN_SECONDS"]) + 20
    assert [one["template"]["spec"]["containers"][0]["args"] for one in (service, worker)] == [["serve"], ["worker"]]


def test_the_manifest_lets_nobody_write_nor_all_go_at_once() -> None:
    deployments = [one for (kind, _), one in MANIFESTS.items() if kind == "Deployment"]
    for deployment in deployments:
        pod = deployment["spec"]["template"]
        assert pod["metadata"]["labels"] == deployment["spec"]["selector"]["matchLabels"]
        assert pod["spec"]["securityContext"]["runAsNonRoot"]
        for container in (*pod["spec"]["initContainers"], *pod["spec"]["containers"]):
            assert container["securityContext"]["readOnlyRootFilesystem"]
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"]["memory"]
            mounted = {one["name"] for one in container["volumeMounts"]}
            assert mounted <= {one["name"] for one in pod["spec"]["volumes"]}
    service = MANIFESTS["Deployment", "dondoc"]["spec"]
    budget = MANIFESTS["PodDisruptionBudget", "dondoc"]["spec"]
    assert 0 < budget["minAvailable"] < service["replicas"]
    for selector in (budget["selector"]["matchLabels"], MANIFESTS["Service", "dondoc"]["spec"]["selector"]):
        assert selector == service["selector"]["matchLabels"]


def test_the_keys_of_the_pods_are_their_users_alone() -> None:
    pod = MANIFESTS["Deployment", "dondoc"]["spec"]["template"]["spec"]
    (copying,) = pod["initContainers"]

    assert "umask 077" in copying["command"][-1]
    assert [one["mountPath"] for one in copying["volumeMounts"]] == ["/secret", "/keys"]
    assert MANIFESTS["ConfigMap", "dondoc"]["data"]["DONDOC_KEYS_DIR"] == "/keys"
    user = re.search(r"--uid (\d+)", (ROOT / "Dockerfile").read_text("utf-8"))
    assert user
    assert pod["securityContext"]["runAsUser"] == int(user[1])
