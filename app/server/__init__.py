"""Processes and their care: what `dondoc serve` runs, and what a first run needs."""
