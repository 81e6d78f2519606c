"""How a case that Schemathesis made up is sent, as whom, and what its answer is held to."""

from typing import Any

import requests
import schemathesis
from httpx import Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.domain.files import MediaType
from tests.given import Service

Case = schemathesis.Case[Any]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
NOBODY = "nobody"
FORMS = ("text/csv", "application/vnd.oasis.opendocument.spreadsheet", "application/x-ndjson")
"""What filled-in forms are beside workbooks."""


@schemathesis.serializer(*MediaType, *FORMS)
def as_it_is(_: Any, value: Any) -> bytes:
    """Spell the body of a file, which needs no spelling when it is bytes."""
    content = getattr(value, "data", value)
    return content if isinstance(content, bytes) else str(content).encode(errors="ignore")


async def ask(service: Service, role: str, case: Case) -> Response:
    """Send a case as it is, with the token of a role."""
    sent: Any = requests.Request(**case.as_transport_kwargs(base_url="http://service")).prepare()
    token = {} if role == NOBODY else {"Authorization": f"Bearer {getattr(service, role).token()}"}
    kept = {name: value for name, value in sent.headers.items() if name.lower() != "authorization"}
    headers = [(name.encode(), value.encode("latin-1")) for name, value in {**kept, **token}.items()]
    return await service.http.request(sent.method, sent.url, content=sent.body, headers=headers)
