"""The service, as an importer calls it: with a token, and again when it does not answer."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import httpx

from app.importing.credentials import Credentials
from app.importing.words import Language, spelled

TRIES = 8
LONGEST_PAUSE_SECONDS = 30.0
FOLLOWED_EVERY_SECONDS = 1.0
_COMES_BACK = {409, 425, 429, 500, 502, 503, 504}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".txt": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".xlsx": _XLSX,
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
}
Json = Mapping[str, Any]


class ServiceRefuses(Exception):
    """The service does not take what is sent, or does not answer."""


class ServiceSilent(ServiceRefuses):
    """It does not answer; the same command may be run again."""


class _ComeBackLater(Exception):
    """The same form is to be sent again, after a pause if the service names one."""

    def __init__(self, pause: float | None) -> None:
        super().__init__()
        self.pause = pause


class FormRefused(Exception):
    """The service cannot read the form, or asks whether it is meant so."""


def is_json(path: Path) -> bool:
    """Say whether a file's name says that it holds JSON, one object a line."""
    return _MEDIA_TYPES.get(path.suffix.lower()) == "application/x-ndjson"


class Service:
    """Calls the API as one client; a token is fetched when one is needed."""

    def __init__(
        self,
        http: httpx.Client,
        known: Credentials,
        *,
        tongue: Language = Language.ENGLISH,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http, self._known, self._pause, self._tongue = http, known, pause, tongue
        self._token: str | None = None
        self._again = True

    def only_plan(self) -> str:
        """Return the one plan that the service has.

        Raises:
            ServiceRefuses: it has several, or does not say.
        """
        answer = self._answered(lambda: self._http.get("/v1/plans", headers=self._headers()))
        if answer.status_code != httpx.codes.OK:
            raise ServiceRefuses(spelled("refuses", self._tongue, said=_said(answer)))
        slugs = [one["slug"] for one in answer.json()["items"]]
        if len(slugs) != 1:
            raise ServiceRefuses(spelled("which_plan", self._tongue, plans=", ".join(slugs)))
        return str(slugs[0])

    def send(self, plan: str, file: Path, asked: Mapping[str, str]) -> Iterator[Json]:
        """Send a form, and yield what became of each line, and at last of the whole.

        What ends too early is sent again from the beginning: nothing is recorded twice, and nothing told twice.

        Raises:
            FormRefused: the form cannot be read, or it is to be said that it is meant so.
            ServiceRefuses: the request as a whole is refused, or nothing answers for long.
        """
        told = 0
        for n in range(TRIES):
            pause = min(0.5 * 2**n, LONGEST_PAUSE_SECONDS)
            try:
                for line in self._sent_once(plan, file, asked, told):
                    told += "line" in line
                    yield line
                return
            except httpx.TransportError:
                self._pause(pause)
            except _ComeBackLater as later:
                self._pause(later.pause or pause)
        raise ServiceSilent(spelled("silent", self._tongue))

    def _sent_once(self, plan: str, file: Path, asked: Mapping[str, str], told: int) -> Iterator[Json]:
        with self._sent(plan, file, asked) as answer:
            if answer.status_code in _COMES_BACK:
                raise _ComeBackLater(_asked_pause(answer))
            if answer.status_code == httpx.codes.ACCEPTED:
                answer.read()
                yield from self._recorded_later(f"/v1/plans/{plan}/imports/{answer.json()['id']}", told)
                return
            if answer.status_code != httpx.codes.MULTI_STATUS:
                self._refused(answer)
            for line in _results(answer, told):
                if line.get("problem") and "counts" in line:
                    raise _ComeBackLater(None)
                yield line

    def _recorded_later(self, place: str, told: int) -> Iterator[Json]:
        """Follow what becomes of a large form, and at last of the whole; but for the lines told before."""
        for n, line in enumerate(self._lines(place), start=1):
            if n > told:
                yield line
        whole = self._read(place)
        if problem := whole["problem"]:
            self._stopped_by(problem)
        yield whole

    def _lines(self, place: str) -> Iterator[Json]:
        cursor: dict[str, Any] = {}
        while True:
            page = self._read(f"{place}/results", limit=500, **cursor)
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            if not page["items"]:
                self._pause(FOLLOWED_EVERY_SECONDS)
            cursor = {"cursor": page["next_cursor"]}

    def _read(self, path: str, **asked: Any) -> Json:
        answer = self._answered(lambda: self._http.get(path, params=asked, headers=self._headers()))
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._token = None
            answer = self._answered(lambda: self._http.get(path, params=asked, headers=self._headers()))
        if answer.status_code != httpx.codes.OK:
            raise ServiceRefuses(spelled("refuses", self._tongue, said=_said(answer)))
        read: Json = answer.json()
        return read

    def _stopped_by(self, problem: Json) -> NoReturn:
        if _is_of_the_form(problem):
            raise FormRefused(problem.get("detail") or problem["title"])
        raise ServiceRefuses(spelled("refuses", self._tongue, said=problem["title"].rstrip(".")))

    @contextmanager
    def _sent(self, plan: str, file: Path, asked: Mapping[str, str]) -> Iterator[httpx.Response]:
        kind = {"Content-Type": _MEDIA_TYPES.get(file.suffix.lower(), "application/octet-stream")}
        with file.open("rb") as content:
            size = {"Content-Length": str(file.stat().st_size)}
            headers = self._headers() | kind | size
            path = f"/v1/plans/{plan}/imports"
            with self._http.stream("POST", path, content=content, params=dict(asked), headers=headers) as answer:
                yield answer

    def _refused(self, answer: httpx.Response) -> NoReturn:
        answer.read()
        if answer.status_code == httpx.codes.UNAUTHORIZED and self._again:
            # A token lives for minutes, and a queue may be longer.
            self._token, self._again = None, False
            raise _ComeBackLater(0.1)
        if _is_of_the_form(problem := _problem(answer)):
            self._stopped_by(problem)
        raise ServiceRefuses(spelled("refuses", self._tongue, said=_said(answer)))

    def _headers(self) -> dict[str, str]:
        self._token = self._token or self._fresh_token()
        return {"Authorization": f"Bearer {self._token}", "Accept-Language": self._tongue}

    def _fresh_token(self) -> str:
        known = (self._known.client_id, self._known.client_secret.get_secret_value())
        asked = {"grant_type": "client_credentials"}
        answer = self._answered(lambda: self._http.post("/v1/oauth/token", data=asked, auth=known))
        if answer.status_code != httpx.codes.OK:
            raise ServiceRefuses(spelled("no_token", self._tongue, said=_said(answer)))
        return str(answer.json()["access_token"])

    def _answered(self, call: Callable[[], httpx.Response]) -> httpx.Response:
        """Call until there is an answer that lasts."""
        for n in range(TRIES):
            pause = min(0.5 * 2**n, LONGEST_PAUSE_SECONDS)
            try:
                answer = call()
            except httpx.TransportError:
                self._pause(pause)
                continue
            if answer.status_code not in _COMES_BACK:
                return answer
            self._pause(_asked_pause(answer) or pause)
        raise ServiceSilent(spelled("silent", self._tongue))


def _results(answer: httpx.Response, told: int) -> Iterator[Json]:
    """Yield the results of lines as they come, each on a line of its own, but for those told before; then the whole."""
    begun = ""
    for n, text in enumerate(answer.iter_lines()):
        if n == 0:
            begun = text
        elif text.startswith("{"):
            if n > told:
                yield json.loads(text.rstrip(","))
        elif text.startswith("]"):
            yield json.loads(begun + text)


def _is_of_the_form(problem: Json) -> bool:
    return str(problem.get("type", "")).endswith(("/problems/form-unreadable", "/problems/figures-look-scaled"))


def _asked_pause(answer: httpx.Response) -> float | None:
    asked = answer.headers.get("retry-after", "")
    return min(float(asked), LONGEST_PAUSE_SECONDS) if asked.isdecimal() else None


def _problem(answer: httpx.Response) -> Json:
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _said(answer: httpx.Response) -> str:
    """Say what a problem says; an answer from something else is only its number."""
    title = _problem(answer).get("title")
    return f"{answer.status_code} {title.rstrip('.')}" if title else str(answer.status_code)
