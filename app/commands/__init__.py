"""The write side: one function per act.  Each loads, refuses, records."""
