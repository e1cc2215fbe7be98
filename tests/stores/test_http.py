"""A service behind one URL, as client and as server: a real server on a socket, with a company's database behind it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.stores.company import Company, data_map, person
from troth.base.errors import InputError, IntegrityError, UnavailableError
from troth.datamap.read import from_value
from troth.stores.http.serve import Answer, PendingError, answer, failed, refused
from troth.stores.http.store import PERSON_HEADER
from troth.stores.http.tree import leaves, tree
from troth.stores.model import Erased, Person, Rehearsing, Row
from troth.stores.open import open_store

ANN = person("sub-ann", email="ann@mail.example")
BOB = person("sub-bob", email="bob@mail.example")
NOBODY = person("sub-x", email="nobody/..@mail.example")
STRANGER = person("sub-y", phone="+8619900000001")
TOKEN = "t0ken"

BEHIND = """
customers:
  label: customers
  key: id
  identifies: {email: email}
  fields: {id: none, email: account.email, nick: account.nickname}
letters:
  label: letters
  key: id
  refers: {sender: customers.id, receiver: customers.id}
  owner: [sender, receiver]
  fields: {id: none, sender: none, receiver: none}
"""


@dataclass
class Service:
    """A service that answers out of a store, or as the test says."""

    store: Rehearsing
    asked: list[str] = field(default_factory=list)
    says: Answer | None = None
    lies: bool = False
    refuses: Answer | None = None
    paths: list[str] = field(default_factory=list)
    headers: set[str] = field(default_factory=set)

    def answer(self, method: Any, path: str, token: str, header: str | None) -> Answer:
        parts = urlsplit(path)
        self.paths.append(path)
        self.headers |= {header} if header else set()
        named = header.partition(":")[2] if header else parts.path.rpartition("/")[2]
        who = Person("x", person("x", email=unquote(named)).identifiers)
        dry = parse_qs(parts.query).get("dry_run") == ["true"]
        self.asked.append(f"{method}{' dry' if dry else ''}")
        if token != f"Bearer {TOKEN}":
            return Answer(401)
        if self.says is not None:
            return self.says
        if method == "DELETE" and self.refuses is not None:
            return self.refuses
        if method == "DELETE" and self.lies:
            return Answer(204)
        return answer([self.store], method, who, dry_run=dry, erase=lambda: self.store.erase([who]))


@pytest.fixture
def service(company: Company) -> Iterator[tuple[Service, str]]:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100), nick varchar(20))",
        "CREATE TABLE letters (id integer PRIMARY KEY, sender integer, receiver integer)",
        "INSERT INTO customers VALUES (1, 'ann@mail.example', 'annie'), (2, 'bob@mail.example', NULL)",
    )
    made = Service(open_store(data_map(BEHIND), lambda _: company.url))

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            told = made.answer(
                self.command, self.path, self.headers.get("Authorization", ""), self.headers.get(PERSON_HEADER)
            )
            body = json.dumps(told.body).encode() if told.body else b""
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_DELETE = _do  # noqa: N815 - the names that the library asks for

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield made, f"http://:{TOKEN}@127.0.0.1:{server.server_port}/gdpr/{{email}}"
    server.shutdown()
    thread.join()
    server.server_close()


def _client(url: str) -> Rehearsing:
    value = {
        "store": "profile", "kind": "http", "url": "env:PROFILE",
        "datasets": {"tree": {
            "label": "profile", "key": "none", "identifies": {"email": "EMAIL"},
            "fields": {
                "EMAIL": "none", "company.customers.customers.email": "account.email",
                "company.customers.customers.nick": {"item": "account.nickname", "disclose": "never"},
            },
        }},
    }  # fmt: skip
    return open_store(from_value(value), lambda _: url)


def test_what_the_service_holds_is_read_erased_and_looked_for_again(service: tuple[Service, str]) -> None:
    made, url = service
    store = _client(url)
    assert store.check() == ()
    assert list(store.access([NOBODY, ANN, STRANGER])) == [
        Row("sub-ann", "tree", {"company.customers.customers.email": "ann@mail.example"})
    ]
    assert store.look([ANN, BOB, NOBODY, STRANGER]) == {"tree": 2}
    made.asked.clear()
    assert store.erase([ANN]) == (Erased("tree", 1, 1, 0, None, "delete"),)
    assert made.asked == ["GET", "DELETE dry", "DELETE", "GET"]
    assert store.look([ANN, BOB]) == {"tree": 1}
    assert store.erase([ANN]) == (Erased("tree", 0, 0, 0, None, "delete"),)


def test_somebody_with_two_addresses_is_asked_for_by_each_and_what_both_find_is_one(
    service: tuple[Service, str], company: Company
) -> None:
    made, url = service
    both = Person("sub-both", (*ANN.identifiers, *BOB.identifiers))
    store = _client(url)
    assert [list(row.values.values()) for row in store.access([both])] == [["ann@mail.example"], ["bob@mail.example"]]
    assert sum(store.look([both]).values()) == 2
    assert sum(one.changed for one in store.erase([both])) == 2
    assert sum(store.look([both]).values()) == 0
    assert company.rows("SELECT id FROM customers") == []
    made.says = Answer(200, {"key": "customers", "children": [{"key": "nick", "value": "one"}]})
    assert len(list(store.access([both]))) == 1


def test_a_rehearsal_deletes_nothing(service: tuple[Service, str]) -> None:
    made, url = service
    assert _client(url).rehearse([ANN, BOB]) == (Erased("tree", 2, 2, 0, None, "delete"),)
    assert "DELETE" not in made.asked
    assert _client(url).look([ANN, BOB]) == {"tree": 2}


def test_what_the_service_keeps_is_kept_for_its_reason_in_both_languages(
    company: Company, service: tuple[Service, str]
) -> None:
    company.run("INSERT INTO letters VALUES (1, 1, 2)")
    made, url = service
    told = answer([made.store], "DELETE", ANN, dry_run=True, erase=tuple)
    assert told.status == 403
    assert told.body is not None
    assert [(one["code"], set(one["message"])) for one in told.body["errors"]] == [("partly.shared", {"zh", "en"})]
    store = _client(url)
    assert store.look([ANN]) == {"tree": 1}
    partly = (Erased("tree", 0, 0, 0, None, "delete"), Erased("tree", 1, 1, 0, None, "mask"))
    assert store.rehearse([ANN]) == partly
    assert store.erase([ANN]) == partly
    assert store.look([ANN]) == {"tree": 0}
    assert company.rows("SELECT id FROM customers") == [(2,)], "what is hers alone goes"
    assert company.rows("SELECT * FROM letters") == [(1, None, 2)], "what is also his stays with him"


def test_what_the_service_will_not_erase_at_all_is_kept_for_its_reason(service: tuple[Service, str]) -> None:
    made, url = service
    made.refuses = refused(403, {"retention.invoices": "kept"})
    store = _client(url)
    assert store.look([ANN]) == {"tree": 0}
    kept = Erased("tree", 1, 0, 1, "retention.invoices", "keep")
    assert store.erase([ANN]) == (Erased("tree", 0, 0, 0, None, "delete"), kept)
    assert "DELETE" not in made.asked


def test_an_erasure_that_the_service_has_not_finished_is_asked_for_again(service: tuple[Service, str]) -> None:
    made, url = service
    made.refuses = failed(PendingError())
    assert dict(made.refuses.headers) == {"Retry-After": "60"}
    with pytest.raises(UnavailableError):
        _client(url).erase([ANN])
    made.refuses = None
    assert [one.changed for one in _client(url).erase([ANN])] == [1]


def test_a_service_that_keeps_what_it_said_would_go_is_not_believed(service: tuple[Service, str]) -> None:
    made, url = service
    made.refuses = refused(403, {"partly.retention.invoices": "kept"})
    with pytest.raises(IntegrityError) as wrong:
        _client(url).erase([ANN])
    assert wrong.value.code == "stores.not-erased"


def test_an_identifier_behind_the_hash_travels_in_a_header_and_not_in_the_address(service: tuple[Service, str]) -> None:
    made, url = service
    store = _client(url.replace("/gdpr/{email}", "/api/v1/store#{email}"))
    assert store.look([ANN, STRANGER]) == {"tree": 1}
    assert [path for path in made.paths if "ann" in path] == []
    assert made.headers == {"email:ann%40mail.example"}


def test_a_service_that_says_it_erased_and_did_not_is_not_believed(service: tuple[Service, str]) -> None:
    made, url = service
    made.lies = True
    with pytest.raises(IntegrityError) as failed:
        _client(url).erase([ANN])
    assert failed.value.code == "stores.not-erased"


@pytest.mark.parametrize(
    "says", [Answer(401), Answer(500), Answer(200, {"value": 1}), Answer(200, {"key": "x", "value": [1]}), Answer(302)]
)
def test_any_other_answer_is_unavailable_and_repeats_nobody(service: tuple[Service, str], says: Answer) -> None:
    made, url = service
    made.says = says
    store = _client(url)
    for act in (store.look, store.erase, store.rehearse, lambda people: list(store.access(people))):
        with pytest.raises(UnavailableError) as failed:
            act([ANN])
        assert failed.value.__context__ is None
        assert "ann" not in f"{failed.value} {failed.value.hint}"
        assert TOKEN not in f"{failed.value} {failed.value.hint}"


def test_a_wrong_token_or_no_server_is_unavailable(service: tuple[Service, str]) -> None:
    _, url = service
    for wrong in (url.replace(TOKEN, "other"), "http://:x@127.0.0.1:1/{email}"):
        with pytest.raises(UnavailableError):
            _client(wrong).look([ANN])


@pytest.mark.parametrize("url", ["", "ftp://x/{email}", "https://x/", "https://", "http://[x/{email}"])
def test_a_url_that_names_nobody_is_refused(url: str) -> None:
    with pytest.raises(InputError) as refused:
        _client(url)
    assert refused.value.code == "stores.bad-url"


def test_a_url_that_needs_an_identifier_that_is_not_mapped_is_a_problem() -> None:
    assert [one.code for one in _client("https://x/{account}").check()] == ["datamap.no-identifier"]


def test_a_tree_made_of_rows_has_their_values_as_leaves() -> None:
    rows = [Row("s", "d", {"a": 1, "b": None}), Row("s", "d", {"a": 2}), Row("s", "e", {"c": "x"})]
    assert list(leaves(tree("shop", rows))) == [
        ("shop.d.d.a", 1), ("shop.d.d.b", None), ("shop.d.d.a", 2), ("shop.e.e.c", "x"),
    ]  # fmt: skip
    assert tree("shop", []) is None
