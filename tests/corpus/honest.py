"""Files as offices make them, by the libraries that such programs are built with: all of them must be taken."""

from tests.corpus import Honest, honest_offices, honest_pdfs, honest_pictures


def honest() -> Honest:
    """Make every one."""
    return {**honest_pdfs.honest(), **honest_pictures.honest(), **honest_offices.honest()}
