"""Checkpoints: notes that can be read back exactly, or not at all."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.checkpoints import Checkpoint, NoCheckpoint, hint_of, issue, read

PUBLIC, NOW = bytes(range(32)), datetime(2026, 11, 24, 3, tzinfo=UTC)
INSTANTS = st.integers(0, 200 * 365 * 86_400_000_000).map(lambda number: NOW + timedelta(microseconds=number))


def signed(text: bytes) -> bytes:
    return hashlib.sha512(text).digest()


def some(size: int = 9) -> Checkpoint:
    return issue(size, b"r" * 32, NOW, 4, public=PUBLIC, sign=signed)


def test_a_note_has_the_form_that_transparency_logs_use() -> None:
    text, _, signature = some().note.partition("\n\n")

    root = base64.b64encode(b"r" * 32).decode()
    assert text.splitlines() == ["dondoc/events", "9", root, "signed 2026-11-24T03:00:00Z", "after 4"]
    dash, name, encoded = signature.split()
    key_id = hashlib.sha256(b"dondoc/events\n\x01" + PUBLIC).digest()[:4]
    assert (dash, name) == ("\u2014", "dondoc/events")
    assert base64.b64decode(encoded) == key_id + signed(f"{text}\n".encode())
    assert key_id == hint_of(PUBLIC)


@given(st.integers(1, 10**18), st.binary(min_size=32, max_size=32), INSTANTS)
def test_a_note_is_read_back_as_it_was_written(size: int, root: bytes, now: datetime) -> None:
    made = issue(size, root, now, 0, public=PUBLIC, sign=signed)

    assert read(made.note) == made
    assert made.signed_at - now == timedelta(0)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dondoc/events\n9", "other/events\n9"),
        ("\n9\n", "\n09\n"),
        ("\n9\n", "\n-9\n"),
        ("\n9\n", "\n9\n\n"),
        ("after 4", "after"),
        ("after 4", "after 4\nmore"),
        ("signed 2026-11-24T03:00:00Z", "signed 2026-13-24T03:00:00Z"),
        ("\u2014 dondoc", "- dondoc"),
        ("cnJy", "cnJ!"),
    ],
)
def test_whatever_has_another_form_is_no_checkpoint(old: str, new: str) -> None:
    assert old in some().note

    with pytest.raises(NoCheckpoint):
        read(some().note.replace(old, new, 1))


@pytest.mark.parametrize("text", ["", "\n", "x" * 1000, "\0"])
def test_text_is_no_checkpoint(text: str) -> None:
    with pytest.raises(NoCheckpoint):
        read(text)
