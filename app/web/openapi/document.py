"""The OpenAPI document (3.1): what FastAPI reads off the routes, made whole and freed of what it says for all services.

Examples are answers of the service over the real plan; they stand in schemas/examples, one file an operation, and what
many of them show in its parts: `$like` names one, and what differs is said beside it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts
from pydantic.json_schema import models_json_schema

from app import schemas
from app.schemas.cloudevents import CloudEvent
from app.schemas.problem import Problem
from app.schemas.webhooks import Payload
from app.web import positions
from app.web.middleware.retiring import RETIRING
from app.web.openapi import generators, links, responses
from app.web.openapi.responses import Json
from app.web.openapi.webhooks import WEBHOOKS

DESCRIPTION = """Tracks what public bodies owe under a plan: obligations, deadlines, progress, evidence, standing.

Errors are `application/problem+json` (RFC 9457); their `type` is a page that explains them. Every POST that records
something as JSON takes an `Idempotency-Key`: always send one, since a client that retries without it may post twice; a
filled-in form needs none, since its lines are recorded once. Instants are RFC 3339 in UTC; days are in the plan's time
zone. Any operation can be asked with an `X-Request-Id` of yours.

What the words mean, and how to integrate, is told in [the guide](docs/guide), which this service serves as well."""
TAGS = [
    {"name": "plans", "description": "Plans, their bodies and duties."},
    {"name": "cycles", "description": "Reporting cycles with their deadlines and the calendar behind them."},
    {"name": "obligations", "description": "What is owed, by whom, by when, and where it stands."},
    {"name": "updates", "description": "What owners report."},
    {"name": "evidence", "description": "What proves it."},
    {"name": "contributions", "description": "What partners add; it never changes what the owner claims."},
    {"name": "reviews", "description": "What the coordinator says of it."},
    {"name": "annulments", "description": "What was recorded by mistake, taken back."},
    {"name": "paper-reports", "description": "Papers that report on many duties, entered once."},
    {"name": "extensions", "description": "Later deadlines: asked for, given, refused."},
    {"name": "instructions", "description": "The words of leaders; they move no deadline and change no status."},
    {"name": "conditions", "description": "From when the condition of a duty is met."},
    {"name": "calendars", "description": "Deadlines in the calendars of those who must meet them."},
    {"name": "inbox", "description": "What came in, by when it was recorded, and what a body did in all."},
    {"name": "exports", "description": "Everything at once, as CSV, NDJSON or a spreadsheet."},
    {"name": "reports", "description": "Papers that leave the house."},
    {"name": "successions", "description": "Bodies that are succeeded by others."},
    {"name": "status", "description": "Totals and rates for integrators."},
    {"name": "reminders", "description": "What owners should be reminded of, as data for a gateway."},
    {"name": "events", "description": "What has changed, each change once and in order, and what was signed of it."},
    {"name": "webhooks", "description": "Events sent to an address of one's own, and what became of each."},
    {"name": "clients", "description": "The systems that call the service, and what they may do."},
    {"name": "people", "description": "The people who come in by the pages, and the links by which they do."},
    {"name": "oauth", "description": "Tokens and keys."},
    {"name": "health", "description": "Whether the service lives and is ready."},
]
EXAMPLES = Path(schemas.__file__).parent / "examples"
_VALUES = {"const", "default", "enum", "example", "examples"}
IF_NONE_MATCH: Json = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of what you have: it is not sent again.",
    "schema": {"type": "string", "examples": ['"3-1f0c2b6e7d1f4c55"']},
}
ASKED_OF_READS = {"If-None-Match": IF_NONE_MATCH, positions.HEADER: positions.ASKED}


def install(app: FastAPI) -> None:
    """Make the document once, on first use."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> Json:
    prefix = app.state.settings.prefix
    made = get_openapi(
        title="Dondoc",
        version=app.version,
        description=DESCRIPTION,
        routes=app.routes,
        tags=TAGS,
        servers=[{"url": prefix or "/", "description": "This service."}],
        contact={"name": "The office that runs this service"},
    )
    components = made["components"]
    for scheme in components["securitySchemes"].values():
        flow = scheme["flows"]["clientCredentials"]
        flow["tokenUrl"] = prefix + flow["tokenUrl"]
    components["schemas"] = _untitled(_shapes(components["schemas"]))
    made["paths"] = _untitled(made["paths"])
    for route, method in _operations(app):
        _complete(made["paths"][route.path_format][method.lower()], route, method)
    generators.prepare(made)
    links.install(made["paths"])
    components |= {"parameters": ASKED_OF_READS, **responses.components()}
    made["webhooks"] = WEBHOOKS
    _drop_unused(components, [made["paths"], WEBHOOKS])
    return made


def _operations(app: FastAPI) -> Iterator[tuple[RouteContext, str]]:
    for route in iter_route_contexts(app.routes):
        if getattr(route, "include_in_schema", False):
            yield from ((route, method) for method in route.methods or ())


def _complete(operation: Json, route: RouteContext, method: str) -> None:
    """Add what FastAPI cannot know of an operation."""
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _never_null(parameter["schema"])
        parameter["schema"].pop("description", None)
        if parameter["in"] == "header":
            parameter["name"] = parameter["name"].title()
    if responses.reads(operation, method):
        carried = ({"$ref": f"#/components/parameters/{name}"} for name in ASKED_OF_READS)
        operation.setdefault("parameters", []).extend(carried)
    if operation["operationId"] in RETIRING:
        operation["deprecated"] = True
    operation["responses"] = responses.responses_of(route, operation, method)
    _exemplify(operation, str(route.status_code or 200))


def _exemplify(operation: Json, success: str) -> None:
    file = EXAMPLES / f"{operation['operationId']}.json"
    examples: Json = json.loads(file.read_text("utf-8"), object_hook=_whole) if file.exists() else {}
    places = {"request": operation.get("requestBody"), "response": operation["responses"][success]}
    for name, found in examples.items():
        # Where a body may be of several media types, the examples are of the first.
        next(iter(places[name]["content"].values()))["examples"] = found


def _whole(example: Json) -> Json:
    """Add to an example that is like another what it does not say of itself."""
    like = example.pop("$like", None)
    return json.loads((EXAMPLES / "parts" / f"{like}.json").read_text("utf-8")) | example if like else example


def _shapes(shapes: Json) -> Json:
    """Add the shapes that no route names; a problem leaves out what it does not have, and says null of nothing."""
    named: Any = [(one, "serialization") for one in (Problem, Payload, CloudEvent)]
    _, added = models_json_schema(named, ref_template="#/components/schemas/{model}")
    shapes |= added["$defs"]
    problem = shapes["Problem"]
    problem["properties"] = {name: _never_null(one) for name, one in problem["properties"].items()}
    kept = {name: shape for name, shape in shapes.items() if name not in {"HTTPValidationError", "ValidationError"}}
    return dict(sorted({**kept, "Problem": problem}.items()))


def _never_null(schema: Json) -> Json:
    """Return the schema of something that is left out when there is none."""
    some = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    kept = {name: value for name, value in schema.items() if (name, value) != ("default", None)}
    if len(some) == 1:
        del kept["anyOf"]
        return {**some[0], **kept}
    return {**kept, "anyOf": some} if some else kept


def _untitled(node: Any) -> Any:
    """Leave out the titles that are made of names; a property that is called title stays."""
    if isinstance(node, dict):
        named = {name: value for name, value in node.items() if not (name == "title" and isinstance(value, str))}
        return {name: value if name in _VALUES else _untitled(value) for name, value in named.items()}
    return [_untitled(one) for one in node] if isinstance(node, list) else node


def _drop_unused(components: Json, leading: list[Json]) -> None:
    """Drop the answers, and then the examples, headers and shapes, that no operation leads to."""
    for part in ("responses", "examples", "headers", "schemas"):
        others = {
            name: one for name, one in components.items() if name in {"responses", "schemas"} and part != "responses"
        }
        text = json.dumps([leading, others])
        components[part] = {
            name: one for name, one in components[part].items() if f'"#/components/{part}/{name}"' in text
        }
