"""What generators of clients stumble over in an OpenAPI document, put as they understand it; the wire is the same."""

import json
import re
from collections.abc import Iterator
from typing import Any

from app.web.openapi.responses import Json

_REFERENCE = re.compile(r'"#/components/schemas/([^"]+)"')
_RENAMED = {"body": "body_code"}
"""Path parameters whose names mean something else in the functions that generators write."""


def prepare(document: Json) -> None:
    """Put a whole document so that clients generated of it are right."""
    _leave_defaults_out(document)
    document["paths"] = {_path(path): item for path, item in document["paths"].items()}
    for item in document["paths"].values():
        for operation in item.values():
            # Without it a generator may take the security of the whole document, or warn that it was forgotten.
            operation.setdefault("security", [])
            _rename(operation)


def _leave_defaults_out(document: Json) -> None:
    """Leave out the defaults of what is sent: to some generators a field with a default is one that must be there."""
    schemas = document["components"]["schemas"]
    for name in _sent(document):
        for shown in schemas[name].get("properties", {}).values():
            shown.pop("default", None)


def _sent(document: Json) -> set[str]:
    """Name the schemas that requests lead to."""
    schemas = document["components"]["schemas"]
    found: set[str] = set()
    waiting = [_REFERENCE.findall(json.dumps(body)) for body in _request_bodies(document)]
    while waiting:
        for name in waiting.pop():
            if name not in found:
                found.add(name)
                waiting.append(_REFERENCE.findall(json.dumps(schemas[name])))
    return found


def _request_bodies(document: Json) -> Iterator[Any]:
    for item in document["paths"].values():
        yield from (operation["requestBody"] for operation in item.values() if "requestBody" in operation)


def _path(path: str) -> str:
    for name, other in _RENAMED.items():
        path = path.replace(f"{{{name}}}", f"{{{other}}}")
    return path


def _rename(operation: Json) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter.get("in") == "path":
            parameter["name"] = _RENAMED.get(parameter["name"], parameter["name"])
