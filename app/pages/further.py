"""The screens that stand behind *Khác* in the menu, in its order."""

from app.pages import cycles, duties, extensions, holidays, people, records, successions, targets

ROUTERS = tuple(
    module.router for module in (duties, cycles, extensions, targets, successions, records, holidays, people)
)
