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


MOSTLY = 50
"""From here on a threshold is that of most of something: nobody who is asked for 90% reports a share of 1%."""


def may_be_scaled(threshold: Decimal, unit: str, *, some: bool, all_of_them: bool) -> bool:
    """Say whether the figures for a target look as if 1 stood for 100%, by how many of them are at most 1 and not 0.

    Only percentages can; where little is asked for, as a fall of 5%, one such figure may be meant as it stands.
    """
    return unit == PERCENT and (some if threshold >= MOSTLY else all_of_them and threshold > 1)
