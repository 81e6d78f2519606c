"""Special addresses: each block is closed from its first to its last address, whatever interpreter asks."""

import re
from ipaddress import ip_address
from pathlib import Path

import pytest

import app
from app.domain.special_addresses import SPECIAL, Network, is_public

TABLES_OF_PYTHON = re.compile(r"\.(?:is_(?:global|private|reserved|link_local|site_local|loopback|multicast)|teredo)\b")


@pytest.mark.parametrize("block", SPECIAL, ids=str)
def test_a_special_block_is_closed_from_its_first_to_its_last_address(block: Network) -> None:
    for place in (0, block.num_addresses // 2, block.num_addresses - 1):
        assert not is_public(block[place])


@pytest.mark.parametrize(
    "neighbour",
    [
        *("1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0"),
        *(
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
        ),
        *("198.17.255.255", "198.20.0.0", "203.0.114.0", "223.255.255.255", "168.63.129.15", "168.63.129.17"),
        *("2000::", "2001:200::", "2001:db7:ffff::", "2001:db9::", "2003::", "2620:4f:7fff::", "3fff:1000::"),
    ],
)
def test_what_lies_beside_a_special_block_is_public(neighbour: str) -> None:
    assert is_public(ip_address(neighbour))


def test_no_rule_leans_on_the_tables_that_an_interpreter_brings() -> None:
    files = Path(app.__file__).parent.rglob("*.py")

    assert [file.name for file in files if TABLES_OF_PYTHON.search(file.read_text("utf-8"))] == []
