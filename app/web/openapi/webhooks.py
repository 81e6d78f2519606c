"""What is sent to webhooks, as the OpenAPI document tells of it: one request, whatever has happened."""

from app.web.openapi.responses import Json

_HEADERS = {
    "webhook-id": "The event's id: the same at every attempt.",
    "webhook-timestamp": "When it was sent, in seconds since 1970.",
    "webhook-signature": "How it is signed: `v1,` and the signature, once for each secret that is good.",
}
WEBHOOKS: Json = {
    "event": {
        "post": {
            "operationId": "receiveEvent",
            "summary": "Receive an event",
            "description": "What a webhook sends to the address that its client chose, signed by Standard Webhooks.",
            "tags": ["webhooks"],
            "security": [],
            "parameters": [
                {"name": name, "in": "header", "required": True, "description": words, "schema": {"type": "string"}}
                for name, words in _HEADERS.items()
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Payload"}}},
            },
            "responses": {
                "2XX": {"description": "It has arrived; it is not sent again."},
                "410": {"description": "Nobody receives it any more: the webhook is disabled."},
                "4XX": {"description": "It has not arrived; it is sent again for three days."},
            },
        }
    }
}
