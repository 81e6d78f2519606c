"""Papers as documents, where what writes them is installed: the extra `reports`, part of the usual installation."""

from app.domain.errors import NotAcceptable
from app.reports.blocks import Paper
from app.reports.guarding import guarded

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def written(paper: Paper) -> bytes:
    """Give a paper its form: the one door by which papers leave, so the guard stands here.

    Raises:
        NotAcceptable: what writes documents is not installed.
    """
    try:
        # Most processes write no document.
        from app.reports.decree30 import document_of  # noqa: PLC0415
    except ModuleNotFoundError:
        raise NotAcceptable from None
    return document_of(guarded(paper))
