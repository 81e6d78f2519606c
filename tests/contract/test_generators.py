"""What generators of clients make of the document, where there is node; they come from npm, in fixed versions."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.contract.document import DOCUMENT, OPERATIONS
from tests.contract.snapshot import SNAPSHOT

PACKAGES = {"typescript": "typescript@5.9.3", "openapi-typescript": "openapi-typescript@7.13.0"}
PACKAGES |= {"orval": "orval@7.13.2", "redocly": "@redocly/cli@1.34.5"}


def test_what_is_sent_has_no_defaults_and_every_operation_says_its_security() -> None:
    sent = [name for name in DOCUMENT["components"]["schemas"] if name.endswith("In")]

    fields = [one for name in sent for one in DOCUMENT["components"]["schemas"][name].get("properties", {}).values()]
    assert fields
    assert not [one for one in fields if "default" in one]
    assert all("security" in operation.shown for operation in OPERATIONS)
    assert not [path for path in DOCUMENT["paths"] if "{body}" in path]


def npx(folder: Path, *packages: str, call: str) -> subprocess.CompletedProcess[str]:
    """Run a command of some npm packages in a folder; skip, and say so, where there is no node or no npm."""
    if shutil.which("npx") is None:
        pytest.skip("there is no node here")
    wanted = [f"--package={PACKAGES[name]}" for name in packages]
    ready = subprocess.run(  # noqa: S603  Our own words.
        ["npx", "--yes", *wanted, "--", "node", "--version"],  # noqa: S607
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if ready.returncode:
        pytest.skip("npm could not be reached")
    return subprocess.run(  # noqa: S603  Our own words.
        ["npx", "--yes", *wanted, "-c", call],  # noqa: S607
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the document into a folder of its own."""
    shutil.copy(SNAPSHOT, tmp_path / "openapi.json")
    return tmp_path


@pytest.mark.node
def test_openapi_typescript_with_defaults_lets_optional_fields_be_left_out(folder: Path) -> None:
    (folder / "use.ts").write_text(
        'import type { components } from "./api";\n'
        'export const sent: components["schemas"]["UpdateIn"] = { state: "in_progress", summary: "x" };\n'
    )

    made = npx(
        folder,
        "openapi-typescript",
        "typescript",
        call="openapi-typescript openapi.json -o api.d.ts && tsc --noEmit --strict --skipLibCheck use.ts",
    )

    assert made.returncode == 0, made.stdout + made.stderr


@pytest.mark.node
def test_the_fetch_client_of_orval_compiles(folder: Path) -> None:
    config = {"dondoc": {"input": "./openapi.json", "output": {"target": "./client.ts", "client": "fetch"}}}
    (folder / "orval.config.json").write_text(json.dumps(config))
    (folder / "orval.config.js").write_text(f"module.exports = {json.dumps(config)};\n")

    made = npx(
        folder,
        "orval",
        "typescript",
        call="orval --config orval.config.js && "
        "tsc --noEmit --strict --skipLibCheck --target es2022 --lib es2022,dom,dom.iterable client.ts",
    )

    assert made.returncode == 0, made.stdout + made.stderr


@pytest.mark.node
def test_redocly_recommends_no_other_document(folder: Path) -> None:
    made = npx(folder, "redocly", call="redocly lint openapi.json --extends=recommended --format=json")

    assert made.returncode == 0, made.stdout[-3000:] + made.stderr[-1000:]
