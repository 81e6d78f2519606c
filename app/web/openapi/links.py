"""Where one can go from an answer: the document's links, from which a client or a test can chain its calls.

A link fills in the path of another operation: what the answer names is read off the answer, and the rest is what stood
in the path of the request.
"""

import re

from app.web.openapi.responses import Json

Leads = dict[str, dict[str, str]]
"""Operations, each with the members of the answer that go into its path, as JSON pointers."""


def _to(*operations: str, **named: str) -> Leads:
    return {operation: dict(named) for operation in operations}


STANDING = ("getObligation", "getHistory", "explainObligation")
"""After every act on an obligation one can see where it stands, what was done, and why it stands there."""
LEADS: dict[str, Leads] = {
    "listObligations": _to(*STANDING, "reportUpdate", "attachEvidence", id="/items/0/id"),
    "reportUpdate": _to(*STANDING, "giveReview"),
    "giveReview": _to(*STANDING, "reportUpdate"),
    "attachEvidence": _to(*STANDING) | _to("getEvidence", "putContent", "withdrawEvidence", "eraseEvidence", id="/id"),
    "putContent": _to(*STANDING, id="/obligation") | _to("getEvidence", "getContent", "listReads", "withdrawEvidence"),
    "getContent": _to("getEvidence", "listReads"),
    "eraseEvidence": _to(*STANDING, id="/obligation") | _to("getEvidence"),
    "withdrawEvidence": _to(*STANDING, id="/obligation/id") | _to("getEvidence"),
    "contribute": _to(*STANDING, "listContributions"),
    "requestExtension": _to(*STANDING, "giveExtension", "refuseExtension"),
    "giveExtension": _to(*STANDING),
    "refuseExtension": _to(*STANDING, "requestExtension"),
    "decideCondition": _to(*STANDING),
    "giveInstruction": _to(*STANDING),
    "openCycle": _to("getCycle", "moveCycleDeadline", "closeCycle", cycle="/code"),
    "moveCycleDeadline": _to("getCycle", "closeCycle"),
    "closeCycle": _to("getCycle"),
    "markHoliday": _to("getHolidayMarks", day="/observed_on"),
    "giveCalendar": _to("getCalendar", "revokeCalendar"),
    "revokeCalendar": _to("giveCalendar"),
    "proposeSuccession": _to("getSuccession", "decideSuccession", succession="/id"),
    "decideSuccession": _to("getSuccession"),
    "addClient": _to("getClient", "changeClient", "addSecret", id="/client/id"),
    "changeClient": _to("getClient"),
    "addPerson": _to("getPerson", "changePerson", "invitePerson", id="/id"),
    "changePerson": _to("getPerson"),
    "invitePerson": _to("getPerson"),
    "addWebhook": _to("getWebhook", "changeWebhook", "testWebhook", "listDeliveries", id="/webhook/id"),
    "changeWebhook": _to("getWebhook"),
    "rotateWebhookSecret": _to("getWebhook", "testWebhook"),
    "testWebhook": _to("listDeliveries", "getWebhook") | _to("redeliver", delivery="/id"),
    "redeliver": _to("listDeliveries"),
    "addSecret": _to("getClient") | {"removeSecret": {"secret": "/id"}},
}
"""Where one can go after an operation."""


def install(paths: Json) -> None:
    """Add the links to the answers that refuse nothing."""
    operations = {one["operationId"]: (path, one) for path, item in paths.items() for one in item.values()}
    for source, targets in LEADS.items():
        responses = operations[source][1]["responses"]
        success = next(status for status in responses if status.startswith("2"))
        responses[success]["links"] = {
            target: {"operationId": target, "parameters": _parameters(operations[target][0], named)}
            for target, named in targets.items()
        }


def _parameters(path: str, named: dict[str, str]) -> dict[str, str]:
    return {
        name: f"$response.body#{named[name]}" if name in named else f"$request.path.{name}"
        for name in re.findall(r"{(\w+)}", path)
    }
