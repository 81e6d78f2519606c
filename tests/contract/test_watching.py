"""What operators are given to watch the service with asks for numbers that it gives."""

import json
import re

import yaml
from prometheus_client import generate_latest

from app.settings import ROOT
from app.web import metrics

FOLDER = ROOT / "docs" / "watching"


def test_rules_and_boards_ask_for_numbers_that_there_are() -> None:
    assert metrics.FEED
    shown = re.findall(r"^# TYPE (dondoc_\w+) ", generate_latest().decode(), re.MULTILINE)
    given = {name.removesuffix("_total") for name in shown if not name.endswith("_created")}
    rules = [
        rule for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"] for rule in group["rules"]
    ]
    board = json.loads((FOLDER / "dashboard.json").read_text())
    asked = [rule["expr"] for rule in rules] + [one["expr"] for panel in board["panels"] for one in panel["targets"]]

    words = [word for text in asked for word in re.findall(r"dondoc_\w+", text)]
    named = {re.sub("_(count|bucket|sum|total)$", "", word) for word in words}

    assert named == given, "what is given is watched"
    assert all(rule["annotations"].keys() == {"summary", "action"} for rule in rules)
