"""The store that a service behind one URL is: another system's, or another Troth's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

import httpx

from troth.base.errors import InputError, IntegrityError, Problem, UnavailableError
from troth.base.text import Text
from troth.datamap.model import Dataset, Person, StoreMap
from troth.stores.http.serve import PARTLY, PENDING
from troth.stores.http.tree import leaves
from troth.stores.model import Erased, Plain, Row

T = TypeVar("T")

_SECONDS = 30
_NOTHING = (204, 404)
_PLACE = re.compile(r"\{([a-z_]+)\}")
PERSON_HEADER = "Troth-Person"


class HttpStore:
    """Asks a service about one person after the other. Satisfies `stores.model.Store`.

    The URL holds a kind of identifier in braces, `https://:token@host/gdpr/{account}`; a password in it is sent as
    bearer token. Behind `#` the identifier goes in the header `Troth-Person` instead, so that no address on the way
    shows it: `https://:token@host/api/v1/store#{phone}`. The map has one dataset; its fields are the paths of keys in
    the service's tree.
    """

    def __init__(self, found: StoreMap, url: str) -> None:
        if len(found.datasets) != 1:
            raise InputError("stores.one-dataset", f"store `{found.name}` has one dataset", hint="map one tree")
        self._map = found
        self._dataset: Dataset = next(iter(found.datasets.values()))
        self._url, self._token = _split(url)

    @property
    def name(self) -> str:
        """The store's name in the data map."""
        return self._map.name

    @property
    def label(self) -> Text:
        """What people call it."""
        return self._map.label

    def check(self) -> tuple[Problem, ...]:
        """Whether the map has fields for the kinds of identifier that the URL needs."""
        kinds = set(_PLACE.findall(self._url))
        missing = kinds - self._dataset.identifies.keys()
        return tuple(
            Problem("datamap.no-identifier", f"the URL needs `{kind}`, by which the dataset identifies nobody", "")
            for kind in sorted(missing)
        )

    def look(self, people: Sequence[Person]) -> Mapping[str, int]:
        """1 for each tree of these people that the service would erase."""
        return {self._dataset.name: sum(1 for one, _ in self._held(people) if _goes(self._reasons(one)))}

    def access(self, people: Sequence[Person]) -> Iterator[Row]:
        """One row for each tree that the service holds of these people."""
        for one, found in self._held(people):
            yield Row(one.subject, self._dataset.name, self._shown(found))

    def rehearse(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        """What `erase` would do now: the service is asked for a dry run."""
        return self._told([self._reasons(one) for one, _ in self._held(people)])

    def erase(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        """Ask for a dry run for everybody, then erase, then look again."""
        held = [one for one, _ in self._held(people)]
        reasons = [self._reasons(one) for one in held]
        for one, why in zip(held, reasons, strict=True):
            if _goes(why):
                self._erase(one)
        return self._told(reasons)

    def _held(self, people: Sequence[Person]) -> Iterator[tuple[Person, list[tuple[str, Plain]]]]:
        """What the service holds of them, each with the name by which it was asked; the same by two names is one."""
        for person in people:
            seen = list[list[tuple[str, Plain]]]()
            for one in self._named(person):
                found = self._tree(one)
                if found is not None and found not in seen:
                    seen.append(found)
                    yield one, found

    def _named(self, person: Person) -> Iterator[Person]:
        """The person by each of their identifiers that the URL can hold: a service is asked by one at a time."""
        kinds = dict.fromkeys(_PLACE.findall(self._url))
        for chosen in product(*([one for one in person.identifiers if one[0] == kind] for kind in kinds)):
            yield Person(person.subject, chosen)

    def _erase(self, person: Person) -> None:
        """Have it done; what the service says of it is not believed before it has been asked once more."""
        left = self._refusals(self._ask("DELETE", person, {}))
        if self._tree(person) is not None and (not left or _goes(self._reasons(person))):
            message = f"store `{self.name}` says that it erased, and still holds data"
            raise IntegrityError("stores.not-erased", message, hint="speak to whoever runs the service")

    def _told(self, reasons: Sequence[tuple[str, ...]]) -> tuple[Erased, ...]:
        name = self._dataset.name
        gone = sum(1 for one in reasons if not one)
        less = sum(1 for one in reasons if one and _goes(one))
        kept = [one[0] for one in reasons if not _goes(one)]
        return (
            Erased(name, gone, gone, 0, None, "delete"),
            *((Erased(name, less, less, 0, None, "mask"),) if less else ()),
            *(Erased(name, kept.count(one), 0, kept.count(one), one, "keep") for one in dict.fromkeys(kept)),
        )

    def _tree(self, person: Person) -> list[tuple[str, Plain]] | None:
        answer = self._ask("GET", person, {})
        if answer.status_code in _NOTHING:
            return None
        if answer.status_code != httpx.codes.OK:
            raise self._failed(f"status {answer.status_code}")
        return self._read(lambda: list(leaves(answer.json())))

    def _reasons(self, person: Person) -> tuple[str, ...]:
        """Why the service would not erase, or not all; empty if it would."""
        return self._refusals(self._ask("DELETE", person, {"dry_run": "true"}))

    def _refusals(self, answer: httpx.Response) -> tuple[str, ...]:
        if answer.status_code in _NOTHING:
            return ()
        if answer.status_code != httpx.codes.FORBIDDEN:
            raise self._failed(f"status {answer.status_code}")
        codes = self._read(lambda: tuple(str(one["code"]) for one in answer.json()["errors"]))
        if PENDING in codes:
            raise self._failed("an erasure that is not finished yet")
        return codes or ("refused",)

    def _shown(self, found: list[tuple[str, Plain]]) -> dict[str, Plain]:
        shown = dict[str, Plain]()
        for path, value in found:
            rule = self._dataset.fields.get(path)
            if rule is not None and rule.disclose:
                twice = path in shown
                shown[path] = f"{shown[path]}; {value}" if twice else value
        return shown

    def _ask(self, method: str, person: Person, query: Mapping[str, str]) -> httpx.Response:
        known = {kind: value.reveal() for kind, value in person.identifiers}
        address, _, named = self._url.partition("#")
        url = _PLACE.sub(lambda place: quote(known[place[1]], safe=""), address)
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        for kind in _PLACE.findall(named):
            headers[PERSON_HEADER] = f"{kind}:{quote(known[kind], safe='')}"
        return self._read(lambda: httpx.request(method, url, params=query, headers=headers, timeout=_SECONDS))

    def _read(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            failure = self._failed(type(error).__name__)
        raise failure  # out here, so that it does not carry an error that quotes the URL

    def _failed(self, why: str) -> UnavailableError:
        hint = "see that the service runs and accepts Troth's token; nothing twice harms"
        return UnavailableError("stores.unavailable", f"store `{self.name}` failed with {why}", hint=hint)


def _split(url: str) -> tuple[str, str]:
    """The URL without its password, and the password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    named = _PLACE.search(parts.path) or _PLACE.fullmatch(parts.fragment)
    if parts.scheme not in ("http", "https") or not parts.hostname or not named:
        hint = "write it like `https://:token@host/gdpr/{account}`"
        raise InputError("stores.bad-url", "the store's URL cannot be read", hint=hint)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, parts.query, parts.fragment)), parts.password or ""


def _goes(reasons: Sequence[str]) -> bool:
    """Whether an erasure would do anything, be it in part."""
    return all(one.startswith(PARTLY) for one in reasons)
