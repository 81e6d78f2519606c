"""Engine, sessions and the embedded PostgreSQL; the only place for what only this engine can do."""
