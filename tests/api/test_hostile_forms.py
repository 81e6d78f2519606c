"""Hostile forms at the one address that takes a form, and that anybody may call: no token, and nothing is repeated."""

import base64

import httpx
import pytest

from tests.api import hostile
from tests.api.asking import problem_of
from tests.api.hostile import MARKER
from tests.given import Service

TOKEN = "/v1/oauth/token"
FORM = "application/x-www-form-urlencoded"
FORMS: dict[str, bytes] = {
    "NUL": f"grant_type=client_credentials&client_id=%00{MARKER}&client_secret=%00{MARKER}".encode(),
    "lone surrogate": b"grant_type=client_credentials&client_id=%ED%A0%80&client_secret=%ED%A0%80",
    "no UTF-8": b"grant_type=client_credentials&client_id=\xff\xfe&client_secret=%FF%FE",
    "huge": f"grant_type=client_credentials&client_id={MARKER * 9_000}&client_secret={MARKER * 9_000}".encode(),
    "another grant": f"grant_type={MARKER}".encode(),
    "very many": b"&".join([b"a=1"] * 5_000),
    "very many names": b"&".join(b"a%d=1" % n for n in range(5_000)),
    "nothing": b"",
    "no form": MARKER.encode(),
    "only ends": b"&&&===&",
}


def refused(response: httpx.Response) -> int:
    """Return the status of a refusal in the media type that OAuth clients read (RFC 6749, section 5.2)."""
    return hostile.refused(response, "application/json")


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("media_type", [FORM, f"{FORM}; charset=utf-16", f"{FORM}; charset={MARKER}"])
async def test_a_hostile_form_gets_no_token(lived_in: Service, content: bytes, media_type: str) -> None:
    response = await lived_in.http.post(TOKEN, content=content, headers={"Content-Type": media_type})

    assert refused(response) in {400, 401}


@pytest.mark.parametrize("twice", ["grant_type", "client_id", "client_secret", MARKER])
async def test_a_form_holds_each_name_once(lived_in: Service, twice: str) -> None:
    police = lived_in.police
    good = {"grant_type": "client_credentials", "client_id": str(police.client_id), "client_secret": police.secret}
    content = httpx.QueryParams([*good.items(), (twice, good.get(twice, "")), (twice, good.get(twice, ""))])

    response = await lived_in.http.post(TOKEN, content=str(content).encode(), headers={"Content-Type": FORM})

    problem_of(response, 400, "malformed-content")
    refused(response)


@pytest.mark.parametrize("charset", ["utf-8", "unicode_escape", "undefined", "idna", "utf-7", "utf-16", "hex", MARKER])
async def test_a_multipart_form_gets_no_token(lived_in: Service, charset: str) -> None:
    fields = {"grant_type": "client_credentials", "client_id": MARKER, "client_secret": "\\ud800\\x00"}
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items())
    headers = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}

    assert refused(await lived_in.http.post(TOKEN, content=f"{parts}--x--\r\n".encode(), headers=headers)) == 400


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}])
async def test_a_token_is_asked_for_in_a_form(lived_in: Service, headers: dict[str, str]) -> None:
    response = await lived_in.http.post(TOKEN, content=b'{"grant_type": "client_credentials"}', headers=headers)

    problem_of(response, 400, "unsupported-media-type")


async def test_a_file_is_no_secret(lived_in: Service) -> None:
    data, files = {"grant_type": "client_credentials"}, {"client_secret": (MARKER, MARKER.encode())}

    response = await lived_in.http.post(TOKEN, data=data, files=files)

    problem_of(response, 400, "unsupported-media-type")
    refused(response)


async def test_a_form_of_more_than_a_mebibyte_is_too_large(lived_in: Service) -> None:
    response = await lived_in.http.post(TOKEN, data={"grant_type": MARKER * 200_000})

    problem_of(response, 413, "content-too-large")


@pytest.mark.parametrize(
    "credentials",
    [b"\0:\0", b"%00:%00", b"%ED%A0%80:%ED%A0%80", b"\xff:\xfe", b":", b":" * 9_000, MARKER.encode(), b"%:%zz"],
)
async def test_hostile_basic_credentials_get_no_token(lived_in: Service, credentials: bytes) -> None:
    headers = {"Authorization": "Basic " + base64.b64encode(credentials).decode()}

    response = await lived_in.http.post(TOKEN, data={"grant_type": "client_credentials"}, headers=headers)

    problem_of(response, 401, "client-unknown")
    refused(response)
