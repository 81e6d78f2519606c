"""What `dondoc import` does: it sends a filled-in form as it is, and says what became of each line.

The service reads the form; only `--check`, which needs no service, reads it here, by the same code.
"""
