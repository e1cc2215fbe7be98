"""Drafting a map: every guess has its reason, every draft can be read and fits what it was drafted from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.datamap.check import against_policy, against_store
from troth.datamap.live import LiveColumn, LiveForeignKey, LiveTable
from troth.datamap.model import StoreMap
from troth.datamap.read import parse
from troth.datamap.scan.draft import draft
from troth.datamap.scan.guess import Catalogue, Guess, Seen, guess
from troth.datamap.scan.recognise import recognised
from troth.datamap.scan.words import parts
from troth.policy.model import Policy
from troth.policy.read import parse as parse_policy

TEXT, NUMBER = LiveColumn("text", nullable=True, length=80), LiveColumn("integer", nullable=True)
ID = LiveColumn("integer", nullable=False)


@pytest.fixture(scope="module")
def policy() -> Policy:
    path = Path(__file__).parents[2] / "examples" / "kaiconn" / "policy.yaml"
    return parse_policy({"policy.yaml": path.read_text(encoding="utf-8")})


def _guess(policy: Policy, column: str, *values: str, comment: str = "") -> Guess:
    return guess(column, TEXT, Seen(comment, values), policy)


@pytest.mark.parametrize(
    ("column", "item"),
    [
        ("email", "account.email"),
        ("userEmail", "account.email"),
        ("mobile_number", "account.phone"),
        ("last_ip", "network.ip"),
        ("imei", "device.imei"),
        ("os_version", "device.os_version"),
        ("password_hash", "account.password"),
        ("shengri", "identity.birth_date"),
    ],
)
def test_a_column_is_recognised_by_its_name(policy: Policy, column: str, item: str) -> None:
    found = _guess(policy, column)
    assert (found.item, found.sure >= 0.5) == (item, True)
    assert "called like" in found.reason


@pytest.mark.parametrize(
    ("values", "item"),
    [
        (["ann@mail.example", "bob@mail.example"], "account.email"),
        (["+8619900000001", "13800138000", "139 0013 9000"], "account.phone"),
        (["11010519491231002X", "110105199003071239"], "identity.number"),
        (["490154203237518"], "device.imei"),
        (["203.0.113.7", "2001:db8::1"], "network.ip"),
        (["00:00:5E:00:53:01"], "device.mac"),
        (["王小林", "欧阳青", "陈静", "李明"], "identity.name"),
        (["Ann Smith", "Mary O'Brien", "Robert J. Brown", "Wei Johnson"], "identity.name"),
    ],
)
def test_a_column_is_recognised_by_its_values_whatever_it_is_called(
    policy: Policy, values: list[str], item: str
) -> None:
    found = _guess(policy, "f17", *values)
    assert found.item == item
    assert f"{len(values)} of {len(values)} values" in found.reason
    assert not any(value in found.reason for value in values), "a reason repeats nobody's data"


@pytest.mark.parametrize(
    ("comment", "item"),
    [("用户手机号", "account.phone"), ("出生日期", "identity.birth_date"), ("昵称", "account.nickname")],
)
def test_a_column_is_recognised_by_its_comment(policy: Policy, comment: str, item: str) -> None:
    assert _guess(policy, "c3", comment=comment).item == item


PLACES = ["北京", "上海", "广州", "深圳", "成都", "武汉", "石家庄", "London", "New York", "Berlin"]
THINGS = ["智能门锁", "台灯", "插座", "Desk Lamp", "Door Lock", "Smart Plug", "In Transit"]


@pytest.mark.parametrize(
    "values", [["1", "2", "3"], ["20260101000123", "20260101000124"], ["shipped", "paid"], [""], PLACES, THINGS]
)
def test_ordinary_values_speak_of_nobody(policy: Policy, values: list[str]) -> None:
    assert _guess(policy, "f17", *values).item is None


def test_two_reasons_make_surer_than_either(policy: Policy) -> None:
    name, values = _guess(policy, "e_mail"), _guess(policy, "f", "a@mail.example")
    both = _guess(policy, "e_mail", "a@mail.example")
    assert both.sure > max(name.sure, values.sure)
    assert both.sure <= 1


def test_what_the_policy_has_no_item_for_is_said_so(policy: Policy) -> None:
    found = _guess(policy, "iban", "GB82 WEST 1234 5698 7654 32")
    assert found.item == "finance.bank_account"
    bare = parse_policy({"p.yaml": (Path(__file__).parents[2] / "examples/kaiconn/policy.yaml").read_text("utf-8")})
    assert _guess(bare, "postcode").item is None
    assert "no item" in _guess(bare, "postcode").reason


@pytest.mark.parametrize(
    ("true", "notion"),
    [
        ("11010519491231002X", "id_number"),
        ("DE89370400440532013000", "bank_account"),
        ("4111111111111111", "bank_account"),
        ("490154203237518", "imei"),
    ],
)
def test_a_number_with_one_digit_changed_is_never_taken_for_a_true_one(true: str, notion: str) -> None:
    assert recognised([true]) == (notion, 1)
    for place, digit in enumerate(true):
        for other in set("0123456789") - {digit}:
            changed = true[:place] + other + true[place + 1 :]
            assert (recognised([changed]) or ("", 0))[0] != notion


@pytest.mark.parametrize("value", ["", " ", "-", "１２３", "\u0000", "1" * 400, "DE89", "X" * 18])
def test_what_is_no_number_at_all_is_told_so_without_a_failure(value: str) -> None:
    assert recognised([value]) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("lastIP", ("last", "ip")),
        ("last_ip", ("last", "ip")),
        ("UserName2", ("user", "name", "2")),
        ("手机", ("手机",)),
    ],
)
def test_names_fall_into_words(name: str, words: tuple[str, ...]) -> None:
    assert parts(name) == words


def test_fewer_than_half_are_no_reason() -> None:
    assert recognised(["a@mail.example", "x", "y"]) is None
    assert recognised([]) is None


def _shop() -> Catalogue:
    live = {
        "customers": LiveTable({"id": ID, "phone": TEXT, "nickname": TEXT}, _unique("id", "phone")),
        "orders": LiveTable(
            {"id": ID, "customer_id": NUMBER, "status": TEXT},
            _unique("id"),
            (LiveForeignKey(("customer_id",), "customers", ("id",)),),
        ),
        "parcels": LiveTable({"id": ID, "order_id": NUMBER, "street": TEXT}, _unique("id")),
        "products": LiveTable({"id": ID, "price": NUMBER}, _unique("id")),
    }
    seen = {(table, column): Seen() for table, found in live.items() for column in found.columns}
    seen["customers", "phone"] = Seen("", ("13800138000", "13900139000"))
    return Catalogue(live, seen, {"customers": "顾客"})


def _unique(*columns: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset({column}) for column in columns)


def test_a_shop_is_drafted_as_somebody_would_write_it(policy: Policy) -> None:
    text = draft("shop", "env:SHOP_URL", _shop(), policy)
    found = parse({"d.yaml": text})["shop"]
    assert against_store(found, _shop().live) == ()
    assert against_policy(found, policy) == ()
    assert found.ignore == ("products",)
    assert found.datasets["customers"].identifies["phone"].spelling == "national"
    assert found.datasets["customers"].label["zh"] == "顾客"
    assert found.datasets["orders"].owners == ("customer_id",)
    assert found.datasets["parcels"].owners == ("order_id",), "no foreign key, but named after the table"
    assert "# 0.60 named after `orders`" in text
    assert "13800138000" not in text


_DOCUMENTS = ('{"actor": {"mail": "a@mail.example"}, "n": 1}', '{"actor": {"mail": "b@mail.example"}}')


def _club(**values: tuple[str, ...]) -> Catalogue:
    """People; and posts that lead to them by no foreign key."""
    live = {
        "people": LiveTable({"id": ID, "mail": TEXT}, _unique("id", "mail")),
        "posts": LiveTable(
            {"id": ID, **{column: NUMBER if column.endswith("_id") else TEXT for column in values}}, _unique("id")
        ),
    }
    seen = {(table, column): Seen() for table, found in live.items() for column in found.columns}
    seen["people", "mail"] = Seen("", ("a@mail.example", "b@mail.example"))
    return Catalogue(live, seen | {("posts", column): Seen("", found) for column, found in values.items()}, {})


def _drafted(policy: Policy, catalogue: Catalogue) -> StoreMap:
    found = parse({"d.yaml": draft("club", "env:CLUB_URL", catalogue, policy)})["club"]
    assert [one.code for one in against_store(found, catalogue.live)] == []
    assert [one.code for one in against_policy(found, policy)] == []
    return found


def test_a_row_that_names_a_person_as_their_own_row_does_is_theirs(policy: Policy) -> None:
    posts = _drafted(policy, _club(author=("b@mail.example",))).datasets["posts"]
    (owner,) = posts.owner_references()
    assert (owner.dataset, owner.columns, owner.at) == ("people", ("author",), ("mail",))
    assert posts.identifies["email"].column == "author", "somebody without a row may write, too"


@pytest.mark.parametrize("documents", [_DOCUMENTS, tuple(f"[{one}]" for one in _DOCUMENTS)])
def test_a_person_is_found_inside_documents(policy: Policy, documents: tuple[str, ...]) -> None:
    posts = _drafted(policy, _club(payload=documents)).datasets["posts"]
    (owner,) = posts.owner_references()
    assert [one.path for one in owner.inside if one] in (["$.actor.mail"], ["$[*].actor.mail"])
    assert posts.fields["payload"].item == "account.email"


def test_a_key_of_a_document_is_named_after_the_table_that_it_leads_to(policy: Policy) -> None:
    for document in ('{"person": {"id": 7}}', '{"personId": 7}', '{"by": {"person_id": 7}}'):
        (owner,) = _drafted(policy, _club(payload=(document,))).datasets["posts"].owner_references()
        assert (owner.dataset, owner.at) == ("people", ("id",))


@pytest.mark.parametrize("kind", ["person", "People", "App\\Models\\Person"])
def test_a_type_column_says_to_which_table_a_reference_leads(policy: Policy, kind: str) -> None:
    posts = _drafted(policy, _club(author_id=("1", "2"), author_type=(kind, "Team"))).datasets["posts"]
    (owner,) = posts.owner_references()
    assert (owner.dataset, owner.columns, dict(owner.only)) == ("people", ("author_id",), {"author_type": kind})


def test_who_is_named_in_a_row_owns_it_rather_than_what_it_is_about(policy: Policy) -> None:
    columns = {"about_id": ("1",), "about_type": ("person",), "author": ("b@mail.example",)}
    posts = _drafted(policy, _club(**columns)).datasets["posts"]
    assert [one.columns for one in posts.owner_references()] == [("author",)]
    assert [one.columns for one in posts.references.values()] == [("about_id",), ("author",)]


def test_a_reference_that_may_be_empty_and_says_not_whose_the_row_is_lets_go_of_an_erased_row(policy: Policy) -> None:
    people = LiveTable(
        {"id": ID, "mail": TEXT, "boss": NUMBER, "founder": ID},
        _unique("id", "mail"),
        tuple(LiveForeignKey((column,), "people", ("id",)) for column in ("boss", "founder")),
    )
    seen = {("people", column): Seen("", ("a@mail.example",) * (column == "mail")) for column in people.columns}
    references = _drafted(policy, Catalogue({"people": people}, seen, {})).datasets["people"].references
    assert {name: one.detach for name, one in references.items()} == {"boss": True, "founder": False}


def test_a_table_that_only_a_table_of_links_joins_with_people_is_not_passed_over_in_silence(policy: Policy) -> None:
    club = _club()
    live = dict(club.live)
    keys = (LiveForeignKey(("person",), "people", ("id",)), LiveForeignKey(("album",), "albums", ("id",)))
    live["albums"] = LiveTable({"id": ID}, _unique("id"))
    live["members"] = LiveTable({"person": ID, "album": ID}, frozenset({frozenset({"person", "album"})}), keys)
    seen = {(table, column): Seen() for table, found in live.items() for column in found.columns}
    assert "# `albums`: rows of `members` join it with people." in draft(
        "club", "env:CLUB", Catalogue(live, {**seen, **club.seen}, {}), policy
    )


_NAMES = st.one_of(
    st.sampled_from(["id", "email", "user_id", "null", "no", "select", "a: b", "#", "'", '"', "- x"]),
    st.text(min_size=1, max_size=12),
)


_KEYED = [
    _DOCUMENTS,
    ('{"user": {"id": 7}}',),
    ('[{"a.b": "a@mail.example"}, {"\\"": "a@mail.example"}]',),
    ("[]", "{}"),
]


@st.composite
def _catalogues(draw: st.DrawFn) -> Catalogue:
    names = draw(st.lists(_NAMES, min_size=1, max_size=4, unique=True))
    live: dict[str, LiveTable] = {}
    for name in names:
        columns = draw(st.lists(_NAMES, min_size=1, max_size=4, unique=True))
        kinds = {column: draw(st.sampled_from([TEXT, NUMBER, ID])) for column in columns}
        target = draw(st.sampled_from(names))
        keys = (
            (LiveForeignKey((columns[0],), target, ("id",)),) if target in live and "id" in live[target].columns else ()
        )
        unique = frozenset({frozenset({columns[0]})}) if draw(st.booleans()) else frozenset()
        live[name] = LiveTable(kinds, unique, keys)
    seen = {
        (name, column): Seen(
            draw(st.text(max_size=8)), draw(st.sampled_from([(), ("a@mail.example",), ("x",), *_KEYED]))
        )
        for name, table in live.items()
        for column in table.columns
    }
    return Catalogue(live, seen, {name: draw(st.text(max_size=8)) for name in names})


_FATAL = {"no-table", "no-column", "unmapped-column", "unmapped-table", "unknown-item", "key-not-unique"}


@given(catalogue=_catalogues())
def test_every_draft_can_be_read_and_classifies_every_column_of_every_table(
    policy: Policy, catalogue: Catalogue
) -> None:
    found = parse({"d.yaml": draft("shop", "env:SHOP", catalogue, policy)})["shop"]
    problems = (*against_store(found, catalogue.live), *against_policy(found, policy))
    assert {one.code.removeprefix("datamap.") for one in problems} & _FATAL == set()
    classified = {column for dataset in found.datasets.values() for column in dataset.fields}
    assert {name for name in catalogue.live if name not in found.ignore} == {
        one.table for one in found.datasets.values()
    }
    assert all(set(catalogue.live[one.table].columns) == set(one.fields) for one in found.datasets.values())
    assert classified or not found.datasets
