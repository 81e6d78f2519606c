"""Minh chứng: files sent from a page, and given from it to whoever may read them, as the API does."""

import json
from uuid import UUID

from fastapi import Request, Response

from app.commands import contents, evidence
from app.domain.access import Permission
from app.domain.errors import Refusal
from app.pages.acts import refused_on
from app.pages.answers import moved
from app.pages.desk import Acting, Desk, opens, screens
from app.pages.forms import once, read
from app.pages.obligation import ObligationId
from app.pages.sending import SENDS, FileForm, WithFile
from app.routers.evidence import EvidenceId, get_content
from app.schemas.evidence import PaperFileIn
from app.web.auth.sessions import signed_in
from app.web.clock import Now
from app.web.files.transfers import Transferring
from app.web.read import Viewing

router = screens()


@router.post("/obligations/{obligation_id}/evidence", dependencies=[opens(Permission.ATTACH)], **SENDS)
async def attach(desk: Acting, view: Viewing, obligation_id: ObligationId, sent: WithFile) -> Response:
    """Attach a file: it is looked through first, then announced, then kept."""
    try:
        await _attached(desk, obligation_id, sent)
    except Refusal as refusal:
        again = sent.form.again("attach", refusal, dict.fromkeys(("/file_name", "/media_type", "/size"), "file"))
        return await refused_on(desk, view, obligation_id, refusal, again)
    return moved(desk.path(f"/obligations/{obligation_id}", done="attached"))


async def _attached(desk: Desk, obligation_id: ObligationId, sent: FileForm) -> None:
    said = {**sent.form.said("title", "classification"), "kind": "file", "file_name": sent.name}
    media_type, upload = sent.media_type(), sent.upload()
    announced = read(PaperFileIn, {**said, "media_type": media_type, "size": sent.size})
    async with upload.receive(media_type, sent.size) as part:
        await upload.inspect(part, media_type)
        answer = await once(
            lambda: sent.form.write.run(
                evidence.attach, desk.caller, obligation_id, announced, now=desk.now, largest=upload.limits.file
            )
        )
        evidence_id = UUID(json.loads(bytes(answer.body))["id"])
        awaited = await upload.look(contents.awaited, desk.caller, evidence_id, upload.limits, now=desk.now)
        contents.refuse_other_bytes(awaited, part.size, part.sha256)
        await upload.record(contents.record, desk.caller, awaited, part)


@router.get("/evidence/{id}/content", dependencies=[opens(Permission.READ_EVIDENCE)])
async def content(request: Request, evidence_id: EvidenceId, slot: Transferring, now: Now) -> Response:
    """Give the bytes of a file; that they were given is recorded, also where a page only shows them."""
    response = await get_content(request, evidence_id, await signed_in(request), slot, now)
    response.headers["Vary"] = "Cookie"
    return response
