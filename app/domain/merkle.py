"""A Merkle tree that only grows (RFC 6962, section 2.1), made one leaf after the other.

Places are counted from 1.  Each place has a node: the hash of the largest complete subtree that ends there.  The hash
of a whole tree, of any size, is made of few of these nodes.
"""

import hashlib
from collections.abc import Iterable

LEAF, INNER = b"\x00", b"\x01"
"""Prefixes that keep a leaf from passing for an inner node."""


def digest_of(content: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256 over 0x00 and the exact bytes."""
    return hashlib.sha256(LEAF + content).digest()


def ends(size: int) -> list[int]:
    """Name the places whose nodes make up a tree: where its complete subtrees end, the largest first."""
    found, end = [], 0
    for height in reversed(range(size.bit_length())):
        if size >> height & 1:
            end += 1 << height
            found.append(end)
    return found


def root_of(nodes: Iterable[bytes]) -> bytes:
    """Return the hash of a tree from the nodes at its `ends`; of an empty tree, that of nothing."""
    root = b""
    for node in reversed(list(nodes)):
        root = hashlib.sha256(INNER + node + root).digest() if root else node
    return root or hashlib.sha256().digest()


class Tree:
    """A tree of a size, as far as it is needed to let it grow: the nodes at its `ends`."""

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        self.size, self._nodes = size, list(nodes)

    def add(self, content: bytes) -> bytes:
        """Add a leaf; return the node of its place."""
        node = digest_of(content)
        # Each complete subtree of the same size on the left becomes one with what stands on the right.
        for _ in range((~self.size & (self.size + 1)).bit_length() - 1):
            node = hashlib.sha256(INNER + self._nodes.pop() + node).digest()
        self._nodes.append(node)
        self.size += 1
        return node

    @property
    def root(self) -> bytes:
        """The hash of the whole tree."""
        return root_of(self._nodes)
