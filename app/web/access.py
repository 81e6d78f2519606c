"""Who calls: from the bearer token to a Caller, and whether its role allows the act."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Security
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import OAuth2
from sqlalchemy import RowMapping

from app.database.engine import Database
from app.domain.access import MAY, SUMMARIES, Act, Caller, Role
from app.domain.errors import NotAllowed, NotAuthenticated, ServiceUnavailable
from app.queries import clients
from app.web import tokens
from app.web.clock import now_of
from app.web.problems import refuses

bearer = OAuth2(
    scheme_name="clients",
    description="OAuth 2 client credentials (RFC 6749, section 4.4); the token is a bearer token (RFC 6750).",
    flows=OAuthFlows(
        clientCredentials=OAuthFlowClientCredentials(
            tokenUrl="/v1/oauth/token", scopes={act.value: summary for act, summary in SUMMARIES.items()}
        )
    ),
    auto_error=False,
)


async def caller_of(request: Request) -> Caller:
    """Return who calls.

    Raises:
        NotAuthenticated: there is no valid token, or its client is disabled or gone.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated
    state = request.app.state
    client_id = tokens.client_of(state.keys, token.strip(), issuer=state.settings.issuer, now=now_of(request))
    row = await _client(request, client_id)
    if row is None:
        raise NotAuthenticated
    request.state.client_id = row["id"]
    return Caller(client_id=row["id"], role=Role(row["role"]), body_ids=frozenset(row["body_ids"] or ()))


async def _client(request: Request, client_id: UUID) -> RowMapping | None:
    database: Database = request.app.state.database
    async with database.reading() as connection:
        return (await connection.execute(clients.caller(client_id))).mappings().first()


def may(act: Act) -> Any:
    """Depend on a caller whose role allows an act; the act's scope is named in OpenAPI."""
    barred = () if MAY[act] == set(Role) else (NotAllowed,)

    @refuses(NotAuthenticated, *barred, ServiceUnavailable)
    async def permitted(request: Request, _: Annotated[str | None, Security(bearer)] = None) -> Caller:
        caller = await caller_of(request)
        if not caller.may(act):
            raise NotAllowed
        return caller

    permitted.__name__ = f"may_{act.name.lower()}"
    guard: Callable[..., Awaitable[Caller]] = permitted
    return Security(guard, scopes=[act.value])
