"""Every file that must be refused."""

from tests import hostile_files
from tests.corpus import Hostile, codes, parts, pdfs, pictures, relationships, tricks


def hostile() -> Hostile:
    """Make every one."""
    made: Hostile = dict(hostile_files.HOSTILE)
    for some in (pdfs, pictures, relationships, codes, parts, tricks):
        made |= some.hostile()
    return made
