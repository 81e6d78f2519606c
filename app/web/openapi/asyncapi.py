"""The AsyncAPI document (3.0): what is sent without being asked for, by the stream and to webhooks.

It is made of the table of events and of the shapes that are sent, as the OpenAPI document is of the routes.
"""

from urllib.parse import urlsplit

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from app.domain.events import FORMER_NAMES, EventType
from app.schemas.events import EventOut
from app.schemas.webhooks import Payload
from app.web.openapi.responses import Json

DESCRIPTION = "What changes, as it happens; never a word that anybody wrote. The guide tells how to follow it."
TOLD = tuple(one for one in EventType if one not in FORMER_NAMES)
_REFERENCE = "#/components/schemas/{model}"


def asyncapi_of(app: FastAPI) -> Json:
    """Describe what a service sends."""
    at = urlsplit(app.state.settings.issuer)
    _, shapes = models_json_schema([(EventOut, "serialization"), (Payload, "serialization")], ref_template=_REFERENCE)
    server = {"host": at.netloc, "protocol": at.scheme, **({"pathname": at.path} if at.path else {})}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": app.title,
            "version": app.version,
            "description": DESCRIPTION,
            "tags": [{"name": "events", "description": "What changes."}],
        },
        "defaultContentType": "application/json",
        "servers": {"service": server},
        "channels": {
            "stream": _channel("/v1/events/stream", "Server-sent events, to whoever keeps a connection.", "stream"),
            "webhook": _channel(None, "A POST to an address that a client has chosen.", "webhook"),
        },
        "operations": {
            "sendByStream": _operation(
                "stream", "Events are sent as they come, and anew from where a stream broke off."
            ),
            "sendByWebhook": _operation("webhook", "Each event is sent until it arrives, or for three days."),
        },
        "components": {
            "messages": {
                **{f"stream.{one}": _message(one, "EventOut") for one in TOLD},
                **{f"webhook.{one}": _message(one, "Payload") for one in TOLD},
            },
            "schemas": shapes["$defs"],
        },
    }


def _channel(address: str | None, description: str, way: str) -> Json:
    messages = {one.value: {"$ref": f"#/components/messages/{way}.{one}"} for one in TOLD}
    return {"address": address, "description": description, "messages": messages}


def _operation(channel: str, description: str) -> Json:
    return {"action": "send", "channel": {"$ref": f"#/channels/{channel}"}, "description": description}


def _message(told: EventType, shape: str) -> Json:
    narrowed = {"properties": {"type": {"const": told.value}}}
    payload = {"allOf": [{"$ref": _REFERENCE.format(model=shape)}, narrowed]}
    return {"name": told.value, "title": told.value, "payload": payload}
