"""The screens that stand behind *Khác* in the menu, in its order."""

from app.pages import (
    cycles,
    documents,
    duties,
    extensions,
    holidays,
    papers_out,
    people,
    records,
    successions,
    targets,
)

MODULES = (duties, documents, cycles, extensions, targets, successions, records, holidays, papers_out, people)
ROUTERS = tuple(module.router for module in MODULES)
