"""What is wrong where: the findings of validation → faults that name the place, and never what stood there."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.domain.errors import MAX_FAULTS, Fault, MalformedContent, PersonalDataFound, Refusal, SecrecyMarkFound
from app.schemas.base import Wrong

_SENTENCES = {
    "missing": "is needed",
    "extra_forbidden": "holds a field that is not known here",
    "uuid_parsing": "must be a UUID",
    "decimal_parsing": "must be a number",
    "date_parsing": "must be a calendar date such as 2021-06-14",
    "date_from_datetime_parsing": "must be a calendar date such as 2021-06-14",
    "datetime_parsing": "must be an RFC 3339 instant such as 2021-06-14T17:00:00Z",
    "datetime_from_date_parsing": "must be an RFC 3339 instant such as 2021-06-14T17:00:00Z",
    "union_tag_invalid": "must name a known kind",
    "model_type": "must be an object",
}
_OURS = {
    *("ge", "gt", "le", "lt", "multiple_of"),
    *("min_length", "max_length", "actual_length", "field_type"),
    *("max_digits", "decimal_places", "whole_digits"),
    *("expected", "pattern", "discriminator"),
}
"""What a library's sentence may speak of: our rules, and how much there was.  Anything else may quote the value."""
_GUARDED = (SecrecyMarkFound, PersonalDataFound)
"""What weighs more than any other thing that is wrong with a request."""


def kind_of_fault(findings: Sequence[Any]) -> type[Refusal]:
    """Say what a request is refused for as a whole."""
    found = {finding["type"] for finding in findings}
    return next((kind for kind in _GUARDED if kind.slug() in found), MalformedContent)


def faults(findings: Sequence[Any], body: Any) -> Iterator[Fault]:
    """Say what is wrong, finding by finding; `body` is what was sent, as JSON reads it."""
    for finding in findings[:MAX_FAULTS]:
        place, *path = finding["loc"]
        if finding["type"] == "extra_forbidden":
            # The name of an unknown field is the caller's own text, and is not repeated.
            path.pop()
        pointer = "".join(f"/{_escaped(part)}" for part in _fields(path, body))
        yield Fault(pointer if place == "body" else f"{place}: {pointer[1:]}", _sentence(finding))


def _fields(path: Sequence[str | int], body: Any) -> Iterator[str | int]:
    """Keep the steps that lead through the body: validation also names the kind of evidence that it took a part for."""
    for step in path:
        if isinstance(body, dict) and body.get("kind") == step:
            continue
        body = _inside(body, step)
        yield step


def _inside(body: Any, step: str | int) -> Any:
    try:
        return body[step]
    except (KeyError, IndexError, TypeError):
        return None


def _escaped(step: str | int) -> str:
    """Spell one step of an RFC 6901 pointer."""
    return str(step).replace("~", "~0").replace("/", "~1")


def _sentence(finding: Any) -> str:
    context = finding.get("ctx", {})
    if isinstance(context.get("error"), Wrong):
        return str(context["error"])
    library = finding["msg"] if _OURS.issuperset(context) else "is not as it must be"
    return _SENTENCES.get(finding["type"], library)
