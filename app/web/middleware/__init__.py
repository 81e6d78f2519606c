"""What stands before every operation: admission, the head of a request, the log."""
