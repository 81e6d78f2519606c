"""Addresses that a person may click, and those that a program would fetch or start."""

import re
from urllib.parse import unquote

_SCHEME = re.compile(r"[^/\\?#]*:")
_PLAIN = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_ATTACHES = re.compile(r"^\s*mailto:.*[?&;]attach", re.IGNORECASE | re.DOTALL)
"""Some programs for mail would add a file of this machine."""
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060\ufeff]")


def is_outside(address: str) -> bool:
    """Say whether an address leads elsewhere than to a file beside this one, or to a place in it."""
    plain = _INVISIBLE.sub("", unquote(address))
    return _SCHEME.match(plain) is not None or plain.startswith(("/", "\\"))


def is_for_clicking(address: str) -> bool:
    """Say whether a person may follow it: to the web, to a mailbox, or to a file beside this one."""
    return is_plain(address) or not is_outside(address)


def is_plain(address: str) -> bool:
    """Say whether an address is one of the web or of a mailbox."""
    return _PLAIN.match(address.strip()) is not None and not _ATTACHES.search(unquote(address))
