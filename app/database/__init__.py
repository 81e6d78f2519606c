"""Connections, transactions, statements, cursors and locks: the only place for what only this engine can do."""
