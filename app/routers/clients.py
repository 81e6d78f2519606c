"""Clients: what the administrator adds, changes and disables, and their secrets."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response

from app.commands import clients
from app.database.statements import fetch_all, fetch_one
from app.domain import errors
from app.domain.access import Caller, Permission, Role
from app.queries import clients as queries
from app.schemas.clients import ClientChange, ClientIn, ClientList, ClientOut, NewClientOut, SecretOut
from app.schemas.views import client_out
from app.standing.moment import Moment
from app.web.auth.access import may
from app.web.clock import Now
from app.web.json_body import ExactRoute
from app.web.paging import CursorText, Limit, Pages, end_of
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Reading, answer
from app.web.write import Creating, Writing

router = Router(prefix="/v1/clients", tags=["clients"], route_class=ExactRoute)
Reader = Annotated[Caller, may(Permission.READ_CLIENTS)]
Manager = Annotated[Caller, may(Permission.MANAGE_CLIENTS)]
ClientId = Annotated[UUID, Path(alias="id", description="The client's id.")]
GRANTS = (errors.ScopeBeyondRole, errors.BodiesAreForReporters, errors.BodyUnknown, errors.NoExternalIssuer)


@router.get(
    "",
    operation_id="listClients",
    summary="List clients",
    response_model=ClientList,
    responses=documented(errors.BrokenCursor),
)
async def list_clients(
    request: Request,
    caller: Reader,
    reading: Reading,
    now: Now,
    role: Annotated[Role | None, Query(description="Only those of a role.")] = None,
    disabled: Annotated[bool | None, Query(description="Whether it is disabled.")] = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """List clients by name."""
    pages = Pages(request, caller)
    moment, after = pages.begin(Moment(now, now), cursor)
    rows = await fetch_all(reading, queries.page, role=role, disabled=disabled, limit=limit, after=after)
    next_cursor = pages.next_cursor(moment, end_of(rows, limit, queries.SORT_COLUMNS))
    body = ClientList(items=[client_out(row) for row in rows[:limit]], next_cursor=next_cursor)
    return answer(request, body, headers=pages.link(next_cursor))


@router.get(
    "/{id}",
    operation_id="getClient",
    summary="Get a client",
    response_model=ClientOut,
    responses=documented(errors.NotFound),
)
async def get_client(request: Request, client_id: ClientId, _: Reader, reading: Reading) -> Response:
    """Get one client, with the bodies that it may report for; its ETag goes into `If-Match` of a change."""
    row = await fetch_one(reading, queries.one, client_id=client_id)
    return answer(request, client_out(row), version=row["version"])


@router.post(
    "",
    operation_id="addClient",
    summary="Add a client",
    status_code=201,
    response_model=NewClientOut,
    responses=documented(errors.AlreadyExists, *GRANTS),
)
async def add_client(request: Request, _: Manager, write: Creating, sent: ClientIn) -> Response:
    """Add a client with its first secret, which is shown only in this answer."""
    state = request.app.state
    adding = write.at("/v1/clients/{client.id}")
    return await adding.run(clients.add_as_sent, state.keys.digest_of, sent, issuer=state.settings.oidc_issuer)


@router.patch(
    "/{id}",
    operation_id="changeClient",
    summary="Change or disable a client",
    response_model=ClientOut,
    responses=documented(errors.NotFound, errors.AlreadyExists, *GRANTS),
)
async def change_client(
    request: Request, client_id: ClientId, _: Manager, write: Writing, sent: ClientChange
) -> Response:
    """Change what is named; it takes effect within ten seconds, also on tokens that were issued before."""
    changes = {name: getattr(sent, name) for name in sent.model_fields_set}
    issuer = request.app.state.settings.oidc_issuer
    return await write.run(clients.change, client_id, changes, now=write.now, issuer=issuer, expected=write.expected)


@router.post(
    "/{id}/secrets",
    operation_id="addSecret",
    summary="Add a secret",
    status_code=201,
    response_model=SecretOut,
    responses=documented(errors.NotFound, errors.TooManySecrets),
)
async def add_secret(request: Request, client_id: ClientId, _: Manager, write: Writing) -> Response:
    """Add a second secret, which is shown only in this answer; remove the first once nobody uses it any more."""
    digest = request.app.state.keys.digest_of
    return await write.run(clients.add_secret, digest, client_id, expected=write.expected)


@router.delete(
    "/{id}/secrets/{secret}",
    operation_id="removeSecret",
    summary="Remove a secret",
    status_code=204,
    response_description="The secret is gone.",
    responses=documented(errors.NotFound),
)
async def remove_secret(
    client_id: ClientId,
    secret_id: Annotated[UUID, Path(alias="secret", description="The secret's id.")],
    _: Manager,
    write: Writing,
) -> Response:
    """Remove a secret; a token that it got is good for ten minutes at most."""
    return await write.run(clients.remove_secret, client_id, secret_id, expected=write.expected)
