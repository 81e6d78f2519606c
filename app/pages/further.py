"""The screens that stand behind *Khác* in the menu, in its order."""

from app.pages import cycles, documents, duties, extensions, holidays, people, records, successions, targets

ROUTERS = tuple(
    module.router for module in (duties, documents, cycles, extensions, targets, successions, records, holidays, people)
)
