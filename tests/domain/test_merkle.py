"""The tree: whatever its size, its hash is what RFC 6962 defines, made leaf by leaf and from its nodes alike."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.merkle import Tree, digest_of, ends, root_of

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The test vectors that Certificate Transparency's implementations share: the hashes of the first 0 to 8 leaves."""


def defined(leaves: list[bytes]) -> bytes:
    """Work a tree's hash out by its definition (RFC 6962, section 2.1)."""
    if len(leaves) < 2:
        return digest_of(leaves[0]) if leaves else hashlib.sha256().digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + defined(leaves[:half]) + defined(leaves[half:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_hash_is_the_one_that_everybody_works_out(size: int) -> None:
    tree = Tree()
    for leaf in LEAVES[:size]:
        tree.add(bytes.fromhex(leaf))

    assert (tree.size, tree.root.hex()) == (size, ROOTS[size])


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_a_tree_of_any_size_is_as_defined_and_is_made_of_the_nodes_at_its_ends(leaves: list[bytes]) -> None:
    tree = Tree()
    nodes = [tree.add(leaf) for leaf in leaves]

    assert tree.root == defined(leaves)
    assert root_of([nodes[end - 1] for end in ends(len(leaves))]) == tree.root


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70), st.data())
def test_a_tree_goes_on_from_its_nodes(leaves: list[bytes], data: st.DataObject) -> None:
    begun = data.draw(st.integers(0, len(leaves)))
    whole = Tree()
    nodes = [whole.add(leaf) for leaf in leaves]

    again = Tree(begun, [nodes[end - 1] for end in ends(begun)])

    assert [again.add(leaf) for leaf in leaves[begun:]] == nodes[begun:]
    assert again.root == whole.root


@given(st.integers(0, 2**60))
def test_the_subtrees_of_a_tree_lie_side_by_side_and_get_smaller(size: int) -> None:
    places = [0, *ends(size)]

    sizes = [end - begin for begin, end in pairwise(places)]
    assert places[-1] == size
    assert sizes == sorted(sizes, reverse=True)
    assert all(one & (one - 1) == 0 for one in sizes)


def test_a_leaf_never_passes_for_an_inner_node() -> None:
    left, right = digest_of(b"a"), digest_of(b"b")

    assert digest_of(left + right) != root_of([left, right])
