"""What operators watch: numbers of this process and of its database, none of them personal, for Prometheus to ask for.

They are given on a port of their own (`DONDOC_METRICS_PORT`), which no proxy leads to.  What the database knows is
looked up every few seconds by a duty, so that nobody loads it by asking.
"""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Histogram(
    "dondoc_request_seconds", "How long requests took, by route and status.", ["method", "route", "status"]
)
AT_WORK = Gauge("dondoc_requests_at_work", "Requests that have a place at work.")
WAITING = Gauge("dondoc_requests_waiting", "Requests that wait for a place.")
READS = Counter("dondoc_views", "Views of the database that were opened for callers, by which server.", ["server"])
REPLICAS = Gauge("dondoc_replicas_left_out", "Replicas that are not read from, because they lag or do not answer.")
CONNECTIONS = Gauge("dondoc_connections_in_use", "Connections to the database that are at work.")
DONE = Gauge("dondoc_job_last_success_timestamp_seconds", "When a duty was done last, by its name.", ["job"])
FEED = Gauge("dondoc_feed_position", "The place of the last event that has one.")
SIGNED = Gauge("dondoc_feed_signed", "How many events a checkpoint signs.")
UNNUMBERED = Gauge("dondoc_feed_oldest_unnumbered_seconds", "How long the oldest event has waited for its place.")
UNDELIVERED = Gauge("dondoc_webhook_oldest_undelivered_seconds", "How long the oldest delivery has been pending.")
MAILS = Gauge("dondoc_mails_not_taken", "Mails of the last day that were refused, or may not have arrived.")
WATCHED = Gauge("dondoc_deadlines_watched_until_timestamp_seconds", "Up to when passed deadlines have been told of.")


def count_read(server: str) -> None:
    """Count a view by the server that it was opened on."""
    READS.labels(server).inc()
