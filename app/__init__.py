"""Dondoc tracks what public bodies owe under a plan.  Each floor imports only downwards:

    cli, serving, main   the doors: the `dondoc` command, what a run needs, and create_app()
    preparing    the embedded PostgreSQL with what a first run needs
    supervising  several processes that serve side by side
    importing/  files of updates, sent over the API
    working      what the service does by itself, again and again
    delivering   what it sends to webhooks
    routers/    one file per noun; a function is a sentence
    web/        HTTP without any noun of the domain: access, clock, paging, idempotency, problems
    commands/   the write side: one function per act
    queries/    the read side: functions that return a Select and never execute it
    schemas/    wire shapes: what callers send and get
    models/     tables: one file per aggregate
    database/   engine and embedded PostgreSQL
    inspection/ whether a file is what it says, and harmless
    stores/     the bytes of files: a local folder, or an object store
    settings    one frozen Settings
    logs        one JSON line an event
    domain/     the ground floor: the rules, in the standard library only, with no I/O and no clock

Start with domain/completion.py, the one rule; then standing/rule.py, the same rule for sets.
"""

__version__ = "0.1.0"
