"""`python -m app` is the `dondoc` command."""

from app.cli import cli

cli(prog_name="dondoc")
