"""What a failure of the database means, by its SQLSTATE (PostgreSQL, appendix A)."""

from enum import Enum, auto
from ssl import SSLError

from asyncpg import (
    IntegrityConstraintViolationError,
    InterfaceError,
    InternalClientError,
    InvalidCachedStatementError,
    OutdatedSchemaCacheError,
)
from asyncpg.exceptions import TargetServerAttributeNotMatched
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import InterfaceError as NoConnection
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.domain.errors import Hindrance

RETRYABLE = {"40001", "40P01"}
UNAVAILABLE = ("08", "28", "53", "57", "58")
"""Classes of failures that end when somebody puts the server, or our login, right."""
READ_ONLY = "25006"
AWAY = RETRYABLE | {READ_ONLY, "55P03", "55000", "3D000", "26000"}
CAUSES = {
    "08": "the connection was lost",
    "25006": "it takes no writing",
    "26000": "it has lost a prepared statement",
    "28P01": "the password of our login is not right",
    "28": "our login may not come in",
    "3D000": "there is no database of that name",
    "53300": "all its connections are taken",
    "53": "it has no room",
    "55000": "it takes no connections",
    "57P03": "it is starting or stopping",
    "57": "it is stopping, or cut us off",
}
"""What operators are told, by the beginning of the SQLSTATE; the server's own words may hold anything."""
MALFORMED = ("22", "54")
CONSTRAINT = "23"
CONSTRAINT_BROKEN = (IntegrityError, IntegrityConstraintViolationError)
"""What is raised when a constraint refuses: by SQLAlchemy, or by the driver itself."""


class DatabaseAway(ConnectionError):
    """Nobody answers at the database's address."""


class DatabaseUnfit(Hindrance):
    """The database answers, and is none that Dondoc can work with, or that lets it in."""


class Failure(Enum):
    """What kind of failure it was."""

    MALFORMED = auto()
    CONSTRAINT = auto()
    UNAVAILABLE = auto()
    BUG = auto()


def kind_of(error: BaseException) -> Failure:
    """Tell what a failure means: a value that no column can hold, a constraint, a database that is away, or a bug."""
    if isinstance(error, PoolTimeout | OSError | TimeoutError | InternalClientError | DatabaseUnfit):
        # The driver's internal error is what a server that dies in the middle of an answer causes.
        return Failure.UNAVAILABLE
    state = sqlstate_of(error)
    if state.startswith(UNAVAILABLE) or state in AWAY or is_outdated(error):
        return Failure.UNAVAILABLE
    if state.startswith(MALFORMED) or _is_unsendable(error):
        return Failure.MALFORMED
    if state.startswith(CONSTRAINT):
        return Failure.CONSTRAINT
    return Failure.UNAVAILABLE if _is_lost(error) else Failure.BUG


def is_retryable(error: BaseException) -> bool:
    """Say whether the database asks to repeat the whole transaction."""
    return sqlstate_of(error) in RETRYABLE or is_outdated(error)


def is_outdated(error: BaseException) -> bool:
    """Say whether a table has changed since a statement was prepared (0A000): prepared anew, it works."""
    return isinstance(_drivers(error), InvalidCachedStatementError | OutdatedSchemaCacheError)


def cause_of(error: BaseException) -> str:
    """Say in words why a database is away, without a word of the server's or of an address."""
    if isinstance(error, DatabaseUnfit):
        return str(error)
    if isinstance(error, SSLError) or isinstance(error.__cause__, SSLError):
        return "its certificate, or ours, was not taken"
    if isinstance(error, PoolTimeout):
        return "all our connections to it are at work"
    if isinstance(error, TargetServerAttributeNotMatched):
        return "none of its hosts is as target_session_attrs asks"
    state = sqlstate_of(error)
    named = max((known for known in CAUSES if state.startswith(known)), key=len, default="")
    return CAUSES[named] if named else "nobody answers at its address"


def refused(error: BaseException) -> str | None:
    """Say why we are not let in, where only somebody who changes the address or the server can mend that."""
    mendable = sqlstate_of(error).startswith(("28", "3D")) or isinstance(error.__cause__, SSLError)
    return cause_of(error) if mendable else None


def sqlstate_of(error: BaseException) -> str:
    """Return the SQLSTATE of a failure, or an empty string."""
    original = getattr(error, "orig", error)
    return str(getattr(original, "sqlstate", None) or getattr(original, "pgcode", None) or "")


def constraint_of(error: BaseException) -> str | None:
    """Return the name of the constraint that refused."""
    return getattr(_drivers(error), "constraint_name", None)


def _is_unsendable(error: BaseException) -> bool:
    """Say whether the driver could not even send a value; it then has no SQLSTATE, and looks like a lost connection."""
    cause = _drivers(error)
    return isinstance(cause, InterfaceError) and isinstance(cause, ValueError)


def _is_lost(error: BaseException) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return not sqlstate_of(error) and isinstance(error, InterfaceError | NoConnection | OperationalError)


def _drivers(error: BaseException) -> BaseException | None:
    """Return the driver's own error, which SQLAlchemy may have wrapped."""
    return error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig else error
