"""Following the feed of events: how far it has come, pages that wait, and streams."""
