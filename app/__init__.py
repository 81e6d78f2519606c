"""Dondoc tracks what public bodies owe under a plan.  Each floor imports only downwards:

    cli/         the `dondoc` commands             importing/   files of updates, sent over the API
    server/      processes and their care          main         create_app(): wiring, nothing else
    jobs/        what the service does by itself, again and again
    routers/     one file per noun; a function is a sentence
    web/         HTTP without any noun of the domain
    commands/    the write side: one function per act
    queries/     the read side: builders of a Select, and the readers that run them
    standing/    THE HEART: from what was recorded to where an obligation stands; begin with its README.md
    reports/     papers that leave the house, made of what queries have read
    schemas/     what callers send and get         models/      tables: one file per aggregate
    stores/      the bytes of files                inspection/  whether a file is what it says, and harmless
    spreadsheets/  files of lines, in whatever form
    security/    what signs, seals and verifies    database/    connections, statements, locks, failures
    settings  logs                                 domain/      the rules, in the standard library only

Start with domain/completion.py, the one rule; then standing/rule.py, the same rule for sets.
"""

__version__ = "0.1.0"
