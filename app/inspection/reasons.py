"""Why a file is refused: sentences that go on from "the file …" and hold nothing of it."""

from enum import StrEnum

REFUSED = 3
"""The exit status that comes with a reason."""


class Reason(StrEnum):
    """What is wrong with a file."""

    DISGUISED = "is not what its media type says"
    UNREADABLE = "cannot be read to its end"
    ENCRYPTED = "is encrypted"
    SCRIPT = "holds a script"
    ACTION = "holds an action that opens, starts or sends something"
    EMBEDDED = "holds another file"
    ARCHIVE = "is an archive as well"
    MACRO = "holds a macro"
    OUTSIDE = "refers to something outside itself"
    BOMB = "unpacks to far more than it is"
    PATHS = "holds names that lead out of it"
    PIXELS = "has too many pixels"
    LOCATION = "says where it was taken"
    VIRUS = "holds what the virus scanner calls harmful"


class Refused(Exception):
    """The file is refused."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason
