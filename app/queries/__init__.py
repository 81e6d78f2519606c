"""The read side: functions that return a Select and never execute it."""
