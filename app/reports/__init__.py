"""Papers that leave the house, from the rows that queries have read to the bytes of a document.

It stands below the queries and not above the routers: an act that sends a paper records the digest of its bytes, so
commands make papers as well.  Nothing here asks the database or knows HTTP; `assembly` makes the data of which a paper
is made, and what people wrote passes through `quoting` on its way there.
"""
