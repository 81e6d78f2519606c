"""The OpenAPI document: what FastAPI reads off the routes, made whole."""
