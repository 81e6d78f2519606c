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
    given = set(re.findall(r"^# TYPE (dondoc_\w+)", generate_latest().decode(), re.MULTILINE))
    rules = [
        rule for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"] for rule in group["rules"]
    ]
    board = json.loads((FOLDER / "dashboard.json").read_text())
    asked = [rule["expr"] for rule in rules] + [one["expr"] for panel in board["panels"] for one in panel["targets"]]

    named = {re.sub("_(count|bucket|sum)$", "", name) for text in asked for name in re.findall(r"dondoc_\w+", text)}

    assert named <= given
    assert len(given - named) <= 1, "almost every number is watched"
    assert all(rule["annotations"].keys() == {"summary", "action"} for rule in rules)
