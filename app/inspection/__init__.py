"""Whether a file is what it says, and harmless: decided in a process of its own, since what it reads may be hostile.

`process` starts it, `__main__` is what it runs, and it loads only what it needs for one kind of file.
"""
