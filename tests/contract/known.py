"""The document as somebody reads it who knows the plan: with real codes and ids among what its schemas allow.

Without them nearly all that Schemathesis makes up would end at 404, at a stale version or at a broken cursor.
"""

from typing import Any

from tests.api.asking import EVERYTHING_KNOWN
from tests.contract.scenes import A_FILE, ELSEWHERE, PLACES, SUCCESSION
from tests.given import HOOKS, INVESTIGATION, PLAN, TOURISTS, TRAINING, Caller, obligation

Json = dict[str, Any]
CYCLES = ["2021-06-15", "2026"]
DUTIES = ["3.2", "3.4", "3.7", "G.1", "18.3"]
BODIES = ["cong-an", "so-vhttdl", "so-y-te"]
OBLIGATIONS = [INVESTIGATION, TRAINING, TOURISTS, obligation("3.7", "cong-an"), obligation("7.1", "so-vhttdl")]
PAPER = {"received_on": ["2021-06-14"], "document_number": ["9/BC-CATP"]}
TARGET = {"url": [f"{HOOKS}/dondoc"]}
LINK = {"url": ["https://example.org/tap-huan"]}
A_PDF: dict[str, list[Any]] = {"file_name": ["bao-cao.pdf"], "media_type": ["application/pdf"], "size": [len(A_FILE)]}
DOCUMENT = {"number": ["115/KH-UBND", "80-NQ/TW"]}
IN_PATHS = {
    "plan": [PLAN],
    "body": BODIES,
    "body_code": BODIES,
    "duty": DUTIES,
    "cycle": [*CYCLES, "2027"],
    "day": ["2026-09-02"],
    "succession": [SUCCESSION],
    "member": ["so-y-te"],
    "paper_report": [],
    "letter": [str(PLACES["import"])],
    "import": [PLACES["import"]],
}
MAY_BE: dict[str, list[Any]] = {
    "plan": [PLAN],
    "cycle": CYCLES,
    "body": BODIES,
    "body_code": BODIES,
    "owner": BODIES,
    "duty": DUTIES,
    "q": ["tập huấn"],
    "since": ["2026-11-20"],
    "until": [EVERYTHING_KNOWN],
    "limit": [1, 20],
    "as_of": [EVERYTHING_KNOWN],
    "known_at": [EVERYTHING_KNOWN],
    "from": ["2021-06-14", EVERYTHING_KNOWN],
    "to": [EVERYTHING_KNOWN],
    "within_days": [0, 30],
    "If-Match": ["*"],
    "Range": ["bytes=0-9", f"bytes={len(A_FILE)}-"],
}
IN_BODIES: dict[str, dict[str, list[Any]]] = {
    "CycleIn": {"code": [*CYCLES, "2027"]},
    "SuccessionIn": {"predecessor": ["so-gtvt"], "duties": [["8.1"]]},
    "SuccessorIn": {"code": ["so-xay-dung", "so-moi"]},
    "MeasurementIn": {"target": ["3.2-a", "3.2-c"], "value": [90, 90.5, 100]},
    "UpdateIn": PAPER | {"percent": [None]},
    "PaperReportIn": {"number": ["212/BC-CATP"], "issued_on": ["2021-06-10"], "received_on": ["2021-06-11"]},
    "ReminderLettersIn": {"cycle": CYCLES[:1], "kind": ["overdue"], "bodies": [["cong-an"]]},
    "ReminderNumberIn": {"number": ["15/SLĐTBXH"], "issued_on": ["2026-11-24"]},
    "PaperItemIn": {"percent": [None], "cycle": CYCLES, "duty": DUTIES, "obligation": [None], "owner": [None]},
    "LinkIn": LINK,
    "WebhookIn": TARGET,
    "WebhookChange": TARGET,
    "DocumentIn": DOCUMENT,
    "PaperLinkIn": LINK | PAPER,
    "PaperDocumentIn": DOCUMENT | PAPER,
    "PaperFileIn": A_PDF | PAPER,
}
ANYWHERE: dict[str, list[Any]] = {
    "reopened_by": [None, "36/TB-VPUB"],
    "not_personal": [False],
    "not_personal_reason": [None],
}
"""What any body may hold that has such a field."""


def knowing(
    document: Json,
    *,
    evidence: list[str],
    client: Caller,
    named: dict[str, str],
    webhook: dict[str, str],
    acts: list[str],
) -> Json:
    """Let the paths of a document lead somewhere, and its filters, headers and bodies be real.

    `named` is what stands in a path and is made anew for each test, `webhook` what stands in the paths of webhooks,
    `acts` what can be taken back.
    """
    for path, operations in document["paths"].items():
        for operation in operations.values():
            elsewhere = {name: [value] for name, value in ELSEWHERE.get(operation["operationId"], {}).items()}
            clients = [str(client.client_id)] if path.startswith("/v1/clients/") else None
            ids = clients or (evidence if "/evidence/" in path else [str(one) for one in OBLIGATIONS])
            these = webhook if path.startswith("/v1/webhooks") else named
            operation["parameters"] = [
                _known(
                    parameter, IN_PATHS | {"id": ids} | elsewhere | {name: [one] for name, one in these.items()}, these
                )
                for parameter in operation.get("parameters", ())
                if parameter.get("name") != "cursor"
            ]
    shapes = document["components"]["schemas"]
    taking_back = {name: {"act": acts} for name in ("AnnulmentIn", "MembershipAnnulmentIn")}
    for name, fields in {**IN_BODIES, **taking_back}.items():
        properties = shapes[name]["properties"]
        properties |= {field: _either(values, properties[field]) for field, values in fields.items()}
    for properties in (shape.get("properties", {}) for name, shape in shapes.items() if name.endswith("In")):
        letters = ANYWHERE.keys() & properties
        properties |= {field: _either(ANYWHERE[field], properties[field]) for field in letters}
    credentials = {
        "client_id": {"enum": [str(client.client_id)]},
        "client_secret": {"enum": [client.secret, "wrong"]},
    }
    shapes["TokenIn"]["properties"] |= {"grant_type": {"enum": ["client_credentials", "password"]}, **credentials}
    shapes["RevocationIn"]["properties"] |= {"token": {"enum": [client.token(), "wrong"]}, **credentials}
    return document


def _known(parameter: Json, in_paths: dict[str, list[str]], held: dict[str, str]) -> Json:
    name = str(parameter.get("name"))
    if parameter.get("in") == "path" or name in {"sha256"} & in_paths.keys():
        return {**parameter, "schema": {"enum": in_paths[name]}}
    may_be = {**MAY_BE, **({"sha256": [held["sha256"]]} if "sha256" in held else {})}
    return {**parameter, "schema": _either(may_be[name], parameter["schema"])} if name in may_be else parameter


def _either(values: list[Any], schema: Json) -> Json:
    others = {name: value for name, value in schema.items() if name not in {"default", "examples"}}
    return {"anyOf": [{"enum": values}, others], "examples": values}
