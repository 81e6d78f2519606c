"""Where the bytes of files are kept: a local folder, or an object store.

Bytes are written to a part first, on this machine's disk, whatever the store.  A store then makes the whole part
durable under a name that tells its digest and never what a caller called it.  Names are never used twice, so that one
which no row knows can be removed without a look at what is under way.
"""

from app.stores.base import ContentChanged, ContentLost, Store
from app.stores.local import LocalStore
from app.stores.parts import Part, Parts

__all__ = ["ContentChanged", "ContentLost", "LocalStore", "Part", "Parts", "Store"]
