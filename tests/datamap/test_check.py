"""Holding a map against the policy and against a live database, as values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from troth.base.errors import InputError
from troth.datamap.check import against_policy, against_store, check, homeless
from troth.datamap.live import LiveColumn, LiveForeignKey, LiveSchema, LiveTable
from troth.datamap.model import StoreMap
from troth.datamap.plan import compile_access, compile_erasure
from troth.datamap.read import parse
from troth.policy.model import Policy
from troth.policy.read import parse as parse_policy

MAP = """
store: company
url: env:COMPANY
ignore: alembic_version
datasets:
  customers:
    label: customers
    key: id
    identifies: {phone: phone}
    fields: {id: none, phone: account.phone, nickname: account.nickname}
  logs:
    label: logs
    key: none
    refers: {customer_id: customers.id}
    owner: customer_id
    fields: {customer_id: none, what: usage.log}
"""

INTEGER, TEXT = LiveColumn("integer", nullable=False), LiveColumn("text", nullable=True, length=60)
REFERS = LiveColumn("integer", nullable=True)
LIVE: LiveSchema = {
    "customers": LiveTable(
        {"id": INTEGER, "phone": TEXT, "nickname": TEXT}, frozenset({frozenset({"id"}), frozenset({"phone"})})
    ),
    "logs": LiveTable(
        {"customer_id": REFERS, "what": TEXT}, foreign_keys=(LiveForeignKey(("customer_id",), "customers", ("id",)),)
    ),
    "alembic_version": LiveTable({"version": TEXT}),
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    path = Path(__file__).parents[2] / "examples" / "kaiconn" / "policy.yaml"
    return parse_policy({"policy.yaml": path.read_text(encoding="utf-8")})


def _map(*changes: tuple[str, str]) -> StoreMap:
    text = MAP
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse({"m.yaml": text})["company"]


def _codes(found: StoreMap, live: LiveSchema = LIVE) -> list[str]:
    return [problem.code.removeprefix("datamap.") for problem in against_store(found, live)]


def _live(table: str, **columns: LiveColumn) -> LiveSchema:
    return {**LIVE, table: replace(LIVE[table], columns={**LIVE[table].columns, **columns})}


def test_a_map_that_fits_has_no_problems(policy: Policy) -> None:
    assert check(_map(), policy, LIVE) == ()


def test_items_and_grounds_that_the_policy_does_not_know(policy: Policy) -> None:
    found = _map(
        ("usage.log}", "usage.lag}"), ("    label: logs\n", "    label: logs\n    erase: {keep: retention.acount}\n")
    )
    item, ground = against_policy(found, policy)
    assert (item.code, item.hint) == ("datamap.unknown-item", "did you mean `usage.log`?")
    assert ground.code == "datamap.unknown-ground"
    assert "retention.account" in ground.hint
    known = _map(("    label: logs\n", "    label: logs\n    erase: {keep: retention.account}\n"))
    assert against_policy(known, policy) == ()


def test_items_that_are_collected_and_lie_nowhere_are_named_as_a_warning(policy: Policy) -> None:
    named = {problem.message for problem in homeless([_map()], policy)}
    assert "no store holds `device.mac`" in named
    assert "no store holds `account.phone`" not in named


def test_columns_and_tables_that_nobody_classified() -> None:
    live = {**_live("customers", extra=TEXT), "secrets": LiveTable({"a": TEXT})}
    assert _codes(_map(), live) == ["unmapped-column", "unmapped-table"]
    assert _codes(_map(("ignore: alembic_version", "ignore: [alembic_version, secrets]")), live) == ["unmapped-column"]
    (problem,) = against_store(
        _map(("alembic_version", "alembic_versions")), {k: LIVE[k] for k in ("customers", "logs")}
    )
    assert problem.code == "datamap.no-table"


def test_tables_and_columns_that_are_not_there_with_what_was_probably_meant() -> None:
    renamed = {"customer": LIVE["customers"], "logs": LIVE["logs"], "alembic_version": LIVE["alembic_version"]}
    (problem,) = against_store(_map(), renamed)
    assert (problem.code, problem.hint) == ("datamap.no-table", "did you mean `customer`?")
    found = against_store(_map(("nickname: account", "nick_name: account")), LIVE)
    assert [(problem.code, problem.hint) for problem in found] == [("datamap.no-column", "did you mean `nickname`?")]


def test_data_to_which_no_person_leads() -> None:
    assert _codes(_map(("    owner: customer_id\n", ""), ("key: none", "key: customer_id"))) == ["key-not-unique"]
    unique = frozenset({frozenset({"customer_id"})})
    live = {**LIVE, "logs": LiveTable({"customer_id": INTEGER, "what": TEXT}, unique)}
    assert _codes(_map(("    owner: customer_id\n", ""), ("key: none", "key: customer_id")), live) == ["unreachable"]


def test_a_key_must_tell_rows_apart() -> None:
    assert _codes(_map(("key: id", "key: nickname"))) == ["key-not-unique"]
    assert _codes(_map(("key: id", "key: phone"))) == ["key-not-unique"], "it may be NULL"
    assert _codes(_map(("key: id", "key: [id, nickname]"))) == ["key-not-unique"], "a part of it may be NULL"


def test_an_owner_must_be_one_row() -> None:
    assert _codes(_map(("customers.id", "customers.nickname"))) == ["owner-not-unique"]


@pytest.mark.parametrize(
    "change",
    [
        ("    label: logs\n", "    label: logs\n    erase: null\n"),
        ("    label: logs\n", "    label: logs\n    identifies: {phone: what}\n"),
        ("    owner: customer_id\n", ""),
        ("{id: none, phone", "{id: none, log: none, phone"),
    ],
)
def test_only_a_log_can_do_without_a_key(change: tuple[str, str]) -> None:
    found = _map(change)
    if "log:" in change[1]:
        found = _map(change, ("identifies: {phone: phone}", "identifies: {phone: phone}\n    refers: {log: logs.what}"))
        assert _codes(found, _live("customers", log=REFERS)) == ["needs-key"]
        return
    assert "needs-key" in _codes(found)


def test_owners_in_several_circles_are_refused() -> None:
    found = _map(
        (
            "identifies: {phone: phone}",
            "identifies: {phone: phone}\n    refers: {a: customers, b: logs}\n    owner: [a, b]",
        ),
        ("{id: none,", "{id: none, a: none, b: none,"),
        ("refers: {customer_id: customers.id}", "refers: {customer_id: customers.id, c: logs.customer_id}"),
        ("owner: customer_id", "owner: [customer_id, c]"),
        ("{customer_id: none,", "{customer_id: none, c: none,"),
        ("key: none", "key: customer_id"),
    )
    unique = frozenset({frozenset({"customer_id"})})
    logs = LiveTable({"customer_id": INTEGER, "c": REFERS, "what": TEXT}, unique)
    live = {**_live("customers", a=REFERS, b=REFERS), "logs": logs}
    assert _codes(found, live) == ["tangled"]
    for compiled in (compile_access, compile_erasure):
        with pytest.raises(InputError, match="several circles"):
            compiled(found, live)


MASKS = [
    ("null", LiveColumn("text", nullable=False), "not-null"),
    ("null", LiveColumn("other", nullable=True), None),
    ("redact", LiveColumn("text", nullable=False, length=2), None),
    ("redact", LiveColumn("other", nullable=True), "no-redaction"),
    ("redact", LiveColumn("date", nullable=False), None),
    ("redact", LiveColumn("instant", nullable=False), None),
    ("redact", LiveColumn("boolean", nullable=False), None),
    ("redact", LiveColumn("number", nullable=False), None),
]


@pytest.mark.parametrize(("method", "column", "code"), MASKS)
def test_which_columns_can_be_masked_how(method: str, column: LiveColumn, code: str | None) -> None:
    found = _map(("key: id\n", f"key: id\n    erase: {method}\n"), ("phone: account.phone", "phone: none"))
    assert _codes(found, _live("customers", nickname=column)) == ([code] if code else [])


FIELD_MASKS = [
    ("{generalise: month}", LiveColumn("date", nullable=False), None),
    ("{generalise: year}", LiveColumn("instant", nullable=False), None),
    ("{generalise: month}", LiveColumn("text", nullable=True), "no-generalisation"),
    ("{generalise: 10}", LiveColumn("date", nullable=True), "no-generalisation"),
    ("{generalise: 10}", LiveColumn("integer", nullable=False), None),
    ("{generalise: 10}", LiveColumn("number", nullable=False), None),
    ("{generalise: 3}", LiveColumn("text", nullable=False), None),
    ("{generalise: 3}", LiveColumn("boolean", nullable=True), "no-generalisation"),
    ("{generalise: 3}", LiveColumn("other", nullable=True), "no-generalisation"),
    ("pseudonymise", LiveColumn("text", nullable=False), None),
    ("pseudonymise", LiveColumn("text", nullable=False, length=34), None),
    ("pseudonymise", LiveColumn("text", nullable=False, length=33), "no-pseudonym"),
    ("pseudonymise", LiveColumn("integer", nullable=False), "no-pseudonym"),
]


def _field_mask(column: str, rule: str, *changes: tuple[str, str]) -> StoreMap:
    """The customers' rows stay; every field is kept but one."""
    whole = ("key: id\n", "key: id\n    erase: redact\n")
    others = [(f"{name}: account.{name}", f"{name}: none") for name in ("phone", "nickname") if name != column]
    return _map(whole, *others, (f"{column}: account.{column}", f"{column}: {{item: a.b, erase: {rule}}}"), *changes)


@pytest.mark.parametrize(("rule", "column", "code"), FIELD_MASKS)
def test_which_columns_can_be_generalised_or_get_pseudonyms(rule: str, column: LiveColumn, code: str | None) -> None:
    found = _field_mask("nickname", rule, ("url:", "pseudonyms: env:KEY\nurl:"))
    assert _codes(found, _live("customers", nickname=column)) == ([code] if code else [])


def test_pseudonyms_need_a_key_and_unique_columns_take_them_but_nothing_less_exact() -> None:
    assert _codes(_field_mask("phone", "pseudonymise")) == ["no-pseudonym-key"]
    assert _codes(_field_mask("phone", "pseudonymise", ("url:", "pseudonyms: env:KEY\nurl:"))) == []
    assert _codes(_field_mask("phone", "{generalise: 3}")) == ["no-generalisation"]


@pytest.mark.parametrize(
    ("column", "code"),
    [
        (LiveColumn("text", nullable=False, length=60), None),
        (LiveColumn("text", nullable=False), None),
        (LiveColumn("text", nullable=False, length=20), "no-redaction"),
        (LiveColumn("integer", nullable=False), "no-redaction"),
    ],
)
def test_a_unique_column_is_redacted_only_if_a_different_word_fits_for_each_row(
    column: LiveColumn, code: str | None
) -> None:
    found = _map(("key: id\n", "key: id\n    erase: redact\n"))
    assert _codes(found, _live("customers", phone=column)) == ([code] if code else [])


def test_the_key_itself_cannot_be_masked() -> None:
    found = _map(("key: id\n", "key: id\n    erase: redact\n"), ("id: none", "id: account.id"))
    assert _codes(found) == ["key-masked"]
    with pytest.raises(InputError) as refused:
        compile_erasure(found, LIVE)
    assert refused.value.code == "datamap.key-masked"


def test_plans_are_the_same_for_the_same_map_and_grow_with_datasets_only() -> None:
    one, two = compile_erasure(_map(), LIVE), compile_erasure(_map(), LIVE)
    assert [str(step.change) for step in one.delete] == [str(step.change) for step in two.delete]
    assert [step.dataset for step in one.delete] == ["logs", "customers"]
    assert [guard.table for guard in one.guards] == []
    assert [read.dataset for read in compile_access(_map(), LIVE).reads] == ["customers", "logs"]


OTHERS = """
  others:
    label: others
    key: id
    identifies: {phone: phone}
    fields: {id: none, parent: none, phone: account.phone}
"""


def test_a_table_that_refers_to_itself_has_its_place_whether_or_not_its_key_is_checked_by_row() -> None:
    found = _map(("  logs:", f"{OTHERS}  logs:"))
    orders = []
    for by_row in (False, True):
        own = LiveForeignKey(("parent",), "others", ("id",), is_checked_by_row=by_row)
        columns = {"id": INTEGER, "parent": REFERS, "phone": TEXT}
        plan = compile_erasure(found, {**LIVE, "others": LiveTable(columns, frozenset({frozenset({"id"})}), (own,))})
        orders.append([step.dataset for step in plan.delete])
        assert len(plan.unlink) == by_row
    assert orders[0] == orders[1] == ["logs", "others", "customers"]
