"""The OpenAPI document: 3.1, with every operation's problems and scope."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.schemas.problem import Problem

DESCRIPTION = """Tracks what public bodies owe under a plan: obligations, deadlines, progress, evidence, standing.

Errors are `application/problem+json` (RFC 9457); their `type` is a page that explains them. Every POST takes an
`Idempotency-Key`: always send one, since a client that retries without it may post twice. Instants are RFC 3339 in
UTC; days are in the plan's time zone."""
TAGS = [
    {"name": "plans", "description": "Plans, their bodies and duties."},
    {"name": "cycles", "description": "Reporting cycles with their deadlines and the calendar behind them."},
    {"name": "obligations", "description": "What is owed, by whom, by when, and where it stands."},
    {"name": "updates", "description": "What owners report."},
    {"name": "evidence", "description": "What proves it."},
    {"name": "contributions", "description": "What partners add; it never changes what the owner claims."},
    {"name": "reviews", "description": "What the coordinator says of it."},
    {"name": "extensions", "description": "Later deadlines: asked for, given, refused."},
    {"name": "conditions", "description": "From when the condition of a duty is met."},
    {"name": "status", "description": "Totals and rates for integrators."},
    {"name": "oauth", "description": "Tokens and keys."},
    {"name": "health", "description": "Whether the service lives and is ready."},
]


def install(app: FastAPI) -> None:
    """Make the document once, on first use."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(title="Dondoc", version=app.version, description=DESCRIPTION, routes=app.routes, tags=TAGS)
    shapes = made["components"]["schemas"]
    shapes["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    shapes.update(shapes["Problem"].pop("$defs", {}))
    # Validation errors are problems here; the framework's own shapes would never be sent.
    for unused in ("HTTPValidationError", "ValidationError"):
        shapes.pop(unused, None)
    return made
