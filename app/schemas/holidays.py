"""The calendar on the wire."""

from uuid import UUID

from app.schemas.base import Day, DeadlineDay, Instant, Name, RequestModel, ResponseModel


class HolidayIn(RequestModel):
    """Marks a day as off, or, with `observed: false`, as a day like others."""

    observed_on: DeadlineDay
    name: Name
    observed: bool = True


class HolidayOut(ResponseModel):
    """One mark of a day; `client` is null when it came with the seed or an import."""

    observed_on: Day
    name: str
    observed: bool
    client: UUID | None
    recorded_at: Instant


class HolidayMarked(HolidayOut):
    """The mark, and the open cycles whose deadline was counted over that day: it moves none of them."""

    counted_over: list[str]


class HolidayList(ResponseModel):
    """Days off in order, or all that was ever recorded of one day, of which the last mark counts."""

    items: list[HolidayOut]
