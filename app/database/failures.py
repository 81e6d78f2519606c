"""What a failure of the database means, by its SQLSTATE (PostgreSQL, appendix A)."""

from enum import Enum, auto

from asyncpg import InterfaceError, InternalClientError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import InterfaceError as NoConnection
from sqlalchemy.exc import TimeoutError as PoolTimeout

RETRYABLE = {"40001", "40P01"}
UNAVAILABLE = ("08", "53", "57", "58")
READ_ONLY = "25006"
MALFORMED = ("22", "54")
CONSTRAINT = "23"


class Failure(Enum):
    """What kind of failure it was."""

    MALFORMED = auto()
    CONSTRAINT = auto()
    UNAVAILABLE = auto()
    BUG = auto()


def kind_of(error: BaseException) -> Failure:
    """Tell what a failure means: a value that no column can hold, a constraint, a database that is away, or a bug."""
    if isinstance(error, PoolTimeout | OSError | TimeoutError | InternalClientError):
        # The driver's internal error is what a server that dies in the middle of an answer causes.
        return Failure.UNAVAILABLE
    state = sqlstate_of(error)
    if state.startswith(UNAVAILABLE) or state in RETRYABLE | {READ_ONLY, "55P03"}:
        return Failure.UNAVAILABLE
    if state.startswith(MALFORMED) or _is_unsendable(error):
        return Failure.MALFORMED
    if state.startswith(CONSTRAINT):
        return Failure.CONSTRAINT
    return Failure.UNAVAILABLE if _is_lost(error) else Failure.BUG


def is_retryable(error: BaseException) -> bool:
    """Say whether the database asks to repeat the whole transaction."""
    return sqlstate_of(error) in RETRYABLE


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
