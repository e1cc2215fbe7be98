"""Drafting a map: every guess has its reason, every draft can be read and fits what it was drafted from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.datamap.check import against_policy, against_store
from troth.datamap.live import LiveColumn, LiveForeignKey, LiveTable
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


_NAMES = st.one_of(
    st.sampled_from(["id", "email", "user_id", "null", "no", "select", "a: b", "#", "'", '"', "- x"]),
    st.text(min_size=1, max_size=12),
)


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
        (name, column): Seen(draw(st.text(max_size=8)), draw(st.sampled_from([(), ("a@mail.example",), ("x",)])))
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
