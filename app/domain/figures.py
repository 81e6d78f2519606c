"""What a figure can be, by its unit and by whether a rise or a fall is asked for."""

from decimal import Decimal

PERCENT = "%"
WHOLE = 100
NO_SHARE = "is a percentage: from 0 to 100"
NO_FALL = "says how far it fell, in percent from 0 to 100 and without a sign; 0 where it rose"
NO_RISE = "says how far it rose, without a sign; 0 where it fell"


def wrong_with(value: Decimal | None, unit: str, direction: str | None) -> str | None:
    """Say what a figure must be that cannot be meant; none when it can.

    A rise in percent has no upper end: what was one and is four has risen by 300%.
    """
    if value is None:
        return None
    if direction == "increase":
        return NO_RISE if value < 0 else None
    if unit == PERCENT and not 0 <= value <= WHOLE:
        return NO_FALL if direction else NO_SHARE
    return NO_FALL if direction and value < 0 else None
