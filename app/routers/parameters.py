"""Parameters that several routers share, each described once."""

from typing import Annotated

from fastapi import Path, Query

from app.domain.completion import DutyKind, Force
from app.schemas.base import Code, Storable

Slug = Annotated[Code, Path(alias="plan", description="The plan's slug.", examples=["115-kh-ubnd-2021"])]
CycleCode = Annotated[
    Code | None, Query(description="A cycle: a year, or the code of a fixed one.", examples=["2021-06-15", "2026"])
]
CycleCodes = Annotated[
    list[Code] | None, Query(description="A cycle; repeat it to name several.", examples=[["2021-06-15", "2026"]])
]
BodyCode = Annotated[
    Code | None,
    Query(description="A numbered body, with its members, or a member.", examples=["cong-an"]),
]
PlanCode = Annotated[Code | None, Query(description="A plan's slug.", examples=["115-kh-ubnd-2021"])]
OwnerCode = Annotated[Code | None, Query(description="The one body that answers for it.", examples=["cong-an"])]
DutyCode = Annotated[Code | None, Query(description="A duty's code.", examples=["3.2"])]
WantedForce = Annotated[Force | None, Query(description="Whether the plan orders, or asks a body it cannot order.")]
WantedKind = Annotated[DutyKind | None, Query(description="What the duty asks for.")]
Words = Annotated[
    Storable | None,
    Query(max_length=200, description="Words, with or without diacritics.", examples=["tập huấn"]),
]
