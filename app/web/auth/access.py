"""Who calls: from the bearer token to a Caller, and whether it may do the act."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Request, Security
from fastapi.dependencies.models import Dependant
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import OAuth2

from app.domain.access import MAY, SUMMARIES, Caller, Permission, Role, authorize
from app.domain.errors import NotAllowed, NotAuthenticated, ServiceUnavailable
from app.security.tokens import Reason, TokenRefused
from app.web.auth.callers import Callers
from app.web.clock import now_of
from app.web.middleware.request_log import note
from app.web.problems.handlers import refuses

Guard = Callable[..., Awaitable[Caller]]
"""Takes a request, and returns who calls if it may do the act.

Raises:
    NotAuthenticated, NotAllowed: it may not.
"""
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
    """Return who calls; the same for everything that a request does.

    Raises:
        NotAuthenticated: there is no valid token, or its client is disabled or gone.
    """
    if not hasattr(request.state, "caller"):
        request.state.caller = await _authenticated(request)
    caller: Caller = request.state.caller
    return caller


async def caller_by_now(request: Request, act: Permission) -> Caller | None:
    """Return who calls, asked anew as of now, if the caller may still do the act: for answers that take long."""
    try:
        token, clock = _token_of(request), request.app.state.clock
        caller = await request.app.state.callers.of(request.app.state.database, token, clock())
    except TokenRefused:
        return None
    return caller if authorize(caller, act) else None


async def _authenticated(request: Request) -> Caller:
    callers: Callers = request.app.state.callers
    try:
        caller = await callers.of(request.app.state.database, _token_of(request), now_of(request))
    except TokenRefused as refused:
        whose = str(refused.client_id) if refused.client_id else None
        note(request.scope, authentication="refused", by="token", reason=refused.reason.value, client=whose)
        raise NotAuthenticated from None
    note(request.scope, authentication="accepted", by="token", client=str(caller.client_id), role=caller.role.value)
    return caller


def _token_of(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused(Reason.MISSING)
    return token.strip()


def may(act: Permission) -> Any:
    """Depend on a caller who may do an act; the act's scope is named in OpenAPI."""
    barred = () if MAY[act] == set(Role) else (NotAllowed,)

    @refuses(NotAuthenticated, *barred, ServiceUnavailable)
    async def permitted(request: Request, _: Annotated[str | None, Security(bearer)] = None) -> Caller:
        caller = await caller_of(request)
        note(request.scope, act=act.value)
        if not authorize(caller, act):
            raise NotAllowed
        return caller

    permitted.__name__ = f"may_{act.name.lower()}"
    permitted.act = act  # type: ignore[attr-defined]
    guard: Guard = permitted
    return Security(guard, scopes=[act.value])


def guard_of(operation: Dependant) -> Guard:
    """Return what tells who may do the act of an operation: for what comes before the operation itself."""
    guards: list[Guard] = [one.call for one in operation.dependencies if one.call and hasattr(one.call, "act")]
    (guard,) = guards
    return guard
