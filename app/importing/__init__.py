"""What `dondoc import` does: files of updates, read line by line, sent over the API, with a report of every line."""
