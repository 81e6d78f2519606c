"""Receipts: given to whoever may read a report, and confirmed to whoever holds one."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Request, Response

from app.domain import errors
from app.domain.access import Caller, Permission
from app.queries.receipts import confirmed, receipt_of
from app.reports.receipt import receipt_paper
from app.schemas.receipts import ReceiptConfirmed, ReceiptOut
from app.web.auth.access import may
from app.web.files.papers import OFFERED, Wanted, paper_answer
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Asked, Reading, ReadingAsNobody, answer

router = Router(prefix="/v1", tags=["updates"])
CONFIRMED: dict[int | str, dict[str, Any]] = {
    200: {"headers": {name: {"$ref": f"#/components/headers/{name}"} for name in ("ETag", "Cache-Control")}},
    304: {"$ref": "#/components/responses/NotModified"},
}
UpdateId = Annotated[UUID, Path(alias="id", description="The update's id.")]


@router.get(
    "/updates/{id}/receipt",
    operation_id="getReceipt",
    summary="Get the receipt of a report",
    response_model=ReceiptOut,
    responses=OFFERED | documented(errors.NotFound),
)
async def get_receipt(
    request: Request,
    update_id: UpdateId,
    caller: Annotated[Caller, may(Permission.READ_HISTORY)],
    reading: Reading,
    asked: Asked,
    wanted: Wanted,
) -> Response:
    """Get that a report was received, when, what it said, and the digest by which anybody can check that.

    It says that the report came, not that it is right; an annulment changes nothing of it.
    """
    receipt = await receipt_of(reading, caller, update_id, asked, request.app.state.settings.issuer)
    return await paper_answer(request, receipt, wanted, f"giay-xac-nhan-{receipt.id}", lambda: receipt_paper(receipt))


@router.get(
    "/receipts/{id}",
    operation_id="checkReceipt",
    summary="Check a receipt",
    response_model=ReceiptConfirmed,
    responses=CONFIRMED | documented(errors.NotFound),
)
async def check_receipt(
    request: Request,
    update_id: UpdateId,
    reading: ReadingAsNobody,
    sha256: Annotated[
        str, Query(pattern=r"^[0-9a-f]{64}$", description="The digest on the receipt.", examples=["0" * 64])
    ],
) -> Response:
    """Learn, without a token, that a receipt is true, and when its report was received; and nothing else.

    A digest that is another one is answered as a receipt that there never was.
    """
    return answer(request, await confirmed(reading, update_id, sha256))
