"""The audit: whether the record is what it was.  Each file holds one thing beside another.

feed     the events beside what was signed of them, and what their transactions told
record   every row that is kept beside what the database said of it when it was written, and that beside the events
facts    what is stored for speed beside what the histories give
files    the bytes in the store beside the digests that rows hold

What a closing sealed is worked out anew in commands/seals.py.
"""
