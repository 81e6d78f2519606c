"""How codes and words are spelled in a seed, whichever of its files they stand in."""

from typing import Annotated

from pydantic import Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
DutyCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]+\.[0-9]+$", max_length=20)]
Line = Annotated[int, Field(ge=1)]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
