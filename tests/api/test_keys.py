"""Keys: rotation with an overlap, noticed by running workers, published before they sign."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from jose import jws

from app.domain.errors import ServiceUnavailable
from app.security import token_keys
from app.security.private_files import KeysExposed
from app.security.token_keys import AHEAD, LIFETIME, OVERLAP, Keys
from app.security.tokens import TokenRefused, issue, verify
from tests.given import TODAY

SECOND = timedelta(seconds=1)
ISSUER = "https://dondoc.example"


def issued(held: Keys, now: datetime) -> str:
    return issue(held, UUID(int=7), ["plans:read"], issuer=ISSUER, now=now)


def kid_of(token: str) -> str:
    kid: str = jws.get_unverified_header(token)["kid"]
    return kid


def is_taken(held: Keys, token: str, now: datetime) -> bool:
    try:
        return verify(held, token, issuer=ISSUER, now=now).client_id == UUID(int=7)
    except TokenRefused:
        return False


def test_the_first_start_makes_one_key_and_the_next_ones_find_it(tmp_path: Path) -> None:
    first, second = token_keys.load(tmp_path), token_keys.load(tmp_path)

    assert first.at(TODAY).current.kid == second.at(TODAY).current.kid
    assert first.pepper == second.pepper
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_new_key_is_published_at_once_and_signs_later(tmp_path: Path) -> None:
    running = token_keys.load(tmp_path)
    old = running.at(TODAY).current

    new = token_keys.rotate(tmp_path, now=TODAY)

    soon, later = running.at(TODAY + SECOND), running.at(TODAY + AHEAD)
    assert (soon.current.kid, set(soon.live)) == (old.kid, {old.kid, new.kid})
    assert (later.current.kid, set(later.live)) == (new.kid, {old.kid, new.kid})


def test_a_key_that_was_taken_away_goes_whatever_cannot_be_read(tmp_path: Path) -> None:
    running = token_keys.load(tmp_path)
    token = issued(running, TODAY)
    new = token_keys.rotate(tmp_path, now=TODAY, at_once=True)
    new.path.chmod(0o640)

    assert not any_key(running, TODAY + SECOND)
    new.path.chmod(0o600)

    assert running.at(TODAY + 2 * SECOND).current.kid == new.kid
    assert not is_taken(running, token, TODAY + 2 * SECOND)


def test_without_any_file_no_key_is_left(tmp_path: Path) -> None:
    running = token_keys.load(tmp_path)

    (tmp_path / "signing.pem").unlink()

    assert not any_key(running, TODAY + SECOND)


def any_key(held: Keys, now: datetime) -> bool:
    try:
        return bool(held.at(now).live)
    except ServiceUnavailable:
        return False


def test_a_token_of_the_old_key_is_good_until_it_ends(tmp_path: Path) -> None:
    running = token_keys.load(tmp_path)
    token_keys.rotate(tmp_path, now=TODAY)
    last_moment = TODAY + AHEAD - SECOND
    token = issued(running, last_moment)

    for instant in (TODAY + AHEAD, last_moment + LIFETIME - SECOND):
        assert kid_of(issued(running, instant)) != kid_of(token)
        assert is_taken(running, token, instant)
    assert not is_taken(running, token, last_moment + LIFETIME)


def test_the_old_key_ends_after_the_overlap_and_its_file_goes_with_the_next_rotation(tmp_path: Path) -> None:
    running = token_keys.load(tmp_path)
    old = running.at(TODAY).current
    new = token_keys.rotate(tmp_path, now=TODAY)

    assert set(running.at(TODAY + AHEAD + OVERLAP).live) == {new.kid}
    assert old.path.exists()

    token_keys.rotate(tmp_path, now=TODAY + timedelta(days=1))
    assert not old.path.exists()
    assert new.path.exists()


def test_a_key_that_others_may_have_ends_at_once(tmp_path: Path) -> None:
    running = token_keys.load(tmp_path)
    token = issued(running, TODAY)

    new = token_keys.rotate(tmp_path, now=TODAY, at_once=True)

    after = TODAY + SECOND
    assert not is_taken(running, token, after)
    assert set(running.at(after).live) == {new.kid}
    assert is_taken(running, issued(running, after), after)


def test_workers_look_for_new_keys_once_a_second(tmp_path: Path) -> None:
    running = token_keys.load(tmp_path)
    running.at(TODAY)

    new = token_keys.rotate(tmp_path, now=TODAY)

    assert new.kid not in running.at(TODAY + SECOND / 2).live
    assert new.kid in running.at(TODAY + SECOND).live


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
@pytest.mark.parametrize("name", ["signing.pem", "pepper"])
def test_a_key_that_others_can_read_is_not_used(tmp_path: Path, name: str, mode: int) -> None:
    token_keys.load(tmp_path)
    (tmp_path / name).chmod(mode)

    with pytest.raises(KeysExposed, match=name):
        token_keys.load(tmp_path)


def test_a_broken_new_key_leaves_the_others_at_work(tmp_path: Path) -> None:
    running = token_keys.load(tmp_path)
    kid = running.at(TODAY).current.kid
    broken = tmp_path / "signing-20200101T000000Z.pem"
    broken.write_bytes(b"no key")
    broken.chmod(0o600)

    assert running.at(TODAY + SECOND).current.kid == kid


def test_nothing_of_a_key_shows_in_its_words(tmp_path: Path) -> None:
    held = token_keys.load(tmp_path)

    shown = f"{held.at(TODAY)!r} {held.all!r} {held!r}"

    assert "PRIVATE" not in shown
    assert held.pepper.hex() not in shown
    assert str(held.pepper) not in shown
