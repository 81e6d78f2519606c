"""LibreOffice, driven as a person would: it opens, fills in, saves and prints; only where it is installed."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

FILL = Path(__file__).with_name("fill_in.py")


def office() -> str:
    """Return the program; skip, and say so, where there is none."""
    found = shutil.which("soffice")
    if found is None:
        pytest.skip("there is no LibreOffice here")
    return found


def to_pdf(file: Path, folder: Path) -> Path:
    """Print a workbook into a file."""
    command = [office(), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    subprocess.run(  # noqa: S603  Our own words.
        [*command, "--convert-to", "pdf", "--outdir", str(folder), str(file)], check=True, capture_output=True
    )
    return folder / f"{file.stem}.pdf"


def filled_in(form: Path, folder: Path, *, locale: str, cells: dict[str, str], into: str) -> Path:
    """Type into the cells of a form under a locale, as at the keyboard, and save it as another file."""
    saved = folder / f"filled.{into}"
    asked = {"form": form.as_uri(), "saved": saved.as_uri(), "into": into, "locale": locale, "cells": cells}
    python = "/usr/bin/python3"
    if subprocess.run([python, "-c", "import uno"], check=False, capture_output=True).returncode:  # noqa: S603
        pytest.skip("LibreOffice's Python cannot be reached")
    environment = {**os.environ, "OFFICE": office(), "PROFILE": (folder / "profile").as_uri()}
    done = subprocess.run(  # noqa: S603  Our own program.
        [python, FILL], input=json.dumps(asked), env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return saved
