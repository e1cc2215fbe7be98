"""Reading data maps: every mistake at its place, all at once; what is read comes back from its plain value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from tests.datamap.worlds import World, worlds
from troth.base.canonical import canonical
from troth.base.errors import InputError, Problem
from troth.datamap.model import Dataset, Erasure, Field, Identifier, Reference, StoreMap
from troth.datamap.read import from_value, parse

WHOLE = """
store: company
label: {zh: 业务库, en: company database}
kind: sql
url: env:COMPANY
ignore: [alembic_version, feature_flags]
datasets:
  customers:
    label: {zh: 顾客, en: customers}
    key: id
    identifies: {phone: {column: mobile, spelling: national}, email: email}
    erase: redact
    fields:
      id: none
      mobile: account.phone
      email: {item: account.email, erase: null}
      password: {item: account.password, disclose: never}
      tax: {item: account.tax, erase: {keep: retention.tax}}
  orders:
    table: sales.Order
    label: orders
    key: [shop, number]
    refers:
      customer_id: customers.id
      seller: {columns: [seller_id], to: customers, detach: false}
      first: {columns: [shop, first_number], to: orders}
      gift: {columns: gift_for, to: customers.mobile}
    owner: [customer_id, seller]
    fields: {shop: none, number: none, customer_id: none, seller_id: none, first_number: none, gift_for: account.phone}
  clicks:
    label: clicks
    key: none
    refers: {customer_id: {to: customers, detach: true}}
    owner: customer_id
    erase: {keep: retention.clicks}
    fields: {customer_id: none, what: usage.log}
"""


def _one(text: str) -> StoreMap:
    (found,) = parse({"map/company.yaml": text}).values()
    return found


def _problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as refused:
        parse({"m.yaml": text})
    return refused.value.problems()


def test_a_whole_map() -> None:
    found = _one(WHOLE)
    assert (found.name, found.kind, found.url) == ("company", "sql", "env:COMPANY")
    assert found.label == {"zh": "业务库", "en": "company database"}
    assert found.ignore == ("alembic_version", "feature_flags")
    assert found.datasets["customers"] == Dataset(
        name="customers",
        table="customers",
        label={"zh": "顾客", "en": "customers"},
        key=("id",),
        fields={
            "id": Field(None),
            "mobile": Field("account.phone"),
            "email": Field("account.email", Erasure("null")),
            "password": Field("account.password", disclose=False),
            "tax": Field("account.tax", Erasure("keep", "retention.tax")),
        },
        identifies={"phone": Identifier("mobile", "national"), "email": Identifier("email")},
        erase=Erasure("redact"),
    )
    orders = found.datasets["orders"]
    assert (orders.table, orders.key, orders.owners) == ("sales.Order", ("shop", "number"), ("customer_id", "seller"))
    assert orders.label == {"zh": "orders", "en": "orders"}
    assert orders.references == {
        "customer_id": Reference(("customer_id",), "customers", ("id",), detach=True),
        "seller": Reference(("seller_id",), "customers", ("id",), detach=False),
        "first": Reference(("shop", "first_number"), "orders", ("shop", "number"), detach=False),
        "gift": Reference(("gift_for",), "customers", ("mobile",), detach=False),
    }
    clicks = found.datasets["clicks"]
    assert (clicks.key, clicks.erase) == ((), Erasure("keep", "retention.clicks"))


def test_the_rule_of_a_field_is_its_own_or_its_datasets_and_technical_columns_stay() -> None:
    customers = _one(WHOLE).datasets["customers"]
    methods = {column: customers.erasure_of(column).method for column in customers.fields}
    assert methods == {"id": "keep", "mobile": "redact", "email": "null", "password": "redact", "tax": "keep"}


def test_several_files_are_several_stores() -> None:
    other = WHOLE.replace("store: company", "store: archive")
    assert list(parse({"a.yaml": WHOLE, "b.yaml": other})) == ["company", "archive"]
    with pytest.raises(InputError) as refused:
        parse({"a.yaml": WHOLE, "b.yaml": WHOLE})
    assert refused.value.code == "datamap.store-twice"


def test_a_map_comes_back_from_its_value_even_after_canonical_json_has_sorted_it() -> None:
    found = _one(WHOLE)
    again = from_value(json.loads(canonical(found.value)))
    assert again == found
    assert list(again.datasets) == list(found.datasets)
    assert [list(one.fields) for one in again.datasets.values()] == [
        list(one.fields) for one in found.datasets.values()
    ]


@given(world=worlds())
def test_every_map_comes_back_from_its_value(world: World) -> None:
    assert from_value(world.found.value) == world.found


MISTAKES = {
    "kind: sql": ("kind: mongodb", "unknown-kind", 4, ""),
    "url: env:COMPANY\n": ("", "missing-key", 2, "add a line `url: …`"),
    "  customers:\n    label: {zh: 顾客, en: customers}": (
        "  customers:\n    label: {zh: 顾客}", "missing-language", 9, "add `en: …`",
    ),
    "  customers:\n    label": ("  customers:\n    labl", "unknown-key", 9, "did you mean `label`?"),
    "key: id\n": ("key: idd\n", "unknown-field", 10, "did you mean `id`?"),
    "spelling: national": ("spelling: nationl", "unknown-spelling", 11, "did you mean `national`?"),
    "email: email}": ("email: mail}", "unknown-field", 11, "did you mean `email`?"),
    "erase: redact": ("erase: redacted", "unknown-method", 12, "did you mean `redact`?"),
    "disclose: never": ("disclose: nver", "unknown-rule", 17, "did you mean `never`?"),
    "email: {item: account.email, erase: null}": (
        "email: {item: account.email, erase: delete}", "field-deleted", 16,
        "write `null` or `redact`, or delete the rows of the dataset",
    ),
    "what: usage.log": (
        "what: {item: usage.log, erase: redact}", "idle-rule", 36,
        "let the dataset say `erase: null` or `erase: redact`, or leave the field's rule out",
    ),
    "{keep: retention.tax}": ("keep", "no-ground", 18, "write `{keep: <clause of the policy>}`"),
    "key: [shop, number]": ("key: [shop, shop]", "wrong-list", 22, ""),
    "customer_id: customers.id\n": ("customer_id: custmers.id\n", "unknown-dataset", 24, "did you mean `customers`?"),
    "to: customers.mobile": ("to: customers.mobil", "unknown-field", 27, "did you mean `mobile`?"),
    "detach: false": ("detach: maybe", "wrong-type", 25, ""),
    "owner: [customer_id, seller]": ("owner: [customer_id, seler]", "unknown-reference", 28, "did you mean `seller`?"),
    "columns: [shop, first_number], to: orders": (
        "columns: [first_number], to: orders", "reference-width", 26, "name as many columns in `at` as in `columns`",
    ),
    "table: sales.Order": ("table: customers", "table-twice", 19, "`customers` has it already"),
    "key: none": ("keys: none", "unknown-key", 32, "did you mean `key`?"),
    "{to: customers, detach: true}": ("{detach: true}", "missing-key", 33, "add a line `to: …`"),
}  # fmt: skip


@pytest.mark.parametrize("right", MISTAKES)
def test_a_mistake_is_said_at_its_place_with_what_was_probably_meant(right: str) -> None:
    wrong, code, line, hint = MISTAKES[right]
    assert WHOLE.count(right) == 1
    found = {
        (problem.code, problem.where.line if problem.where else 0): problem
        for problem in _problems(WHOLE.replace(right, wrong))
    }
    problem = found[f"datamap.{code}", line]
    assert problem.hint.endswith(hint)
    assert problem.where is not None
    assert problem.where.file == "m.yaml"


def test_all_mistakes_of_all_files_are_said_at_once() -> None:
    wrong = WHOLE.replace("key: id\n", "key: idd\n").replace("detach: false", "detach: maybe")
    with pytest.raises(InputError) as refused:
        parse({"a.yaml": wrong, "b.yaml": "[", "c.yaml": "store: c\nurl: u\ndatasets: 3"})
    codes = [(problem.code, problem.where.file if problem.where else "") for problem in refused.value.problems()]
    assert ("datamap.unknown-field", "a.yaml") in codes
    assert ("datamap.wrong-type", "a.yaml") in codes
    assert ("yaml.syntax", "b.yaml") in codes
    assert ("datamap.wrong-type", "c.yaml") in codes


@pytest.mark.parametrize(
    "text",
    [
        "store: x\nurl: y\ndatasets: {a: 3}",
        "store: x\nurl: y\ndatasets: {a: {label: l, key: [], fields: []}}",
        "store: [x]\nurl: {}\ndatasets: {a: {label: 3, key: id, fields: {id: [1]}, refers: 4, owner: 5}}",
        "store: x\nurl: y\ndatasets: {a: {label: l, key: id, fields: {id: none}, identifies: 3}}",
        "store: x\nurl: y\nkind: {}\ndatasets: {a: {label: l, key: id, fields: {id: {erase: {}}}, erase: {keep: }}}",
    ],
)
def test_a_map_of_the_wrong_shape_is_refused_with_a_place_and_never_a_crash(text: str) -> None:
    assert all(problem.where is not None for problem in _problems(text))


@pytest.mark.parametrize("value", [{}, {"store": 1}, {"store": "x", "url": "y", "datasets": {"a": {"fields": None}}}])
def test_a_value_that_is_no_map_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(InputError):
        from_value(value)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("generalise", "no-detail"),
        ("{generalise: week}", "no-detail"),
        ("{generalise: 0}", "no-detail"),
        ("{generalise: -1}", "no-detail"),
        ("{generalise: 3, keep: retention.tax}", "two-rules"),
    ],
)
def test_a_mask_says_exactly_what_becomes_of_the_field(rule: str, code: str) -> None:
    text = MASKED.replace("RULE", rule)
    assert [one.code for one in _problems(text)] == [f"datamap.{code}"]
    for fine in ("{generalise: month}", "{generalise: 7}", "pseudonymise"):
        found = _one(MASKED.replace("RULE", fine))
        assert from_value(json.loads(canonical(found.value))) == found


def test_what_is_a_rule_for_fields_is_none_for_a_dataset() -> None:
    text = MASKED.replace("erase: redact", "erase: pseudonymise").replace("RULE", "redact")
    assert [one.code for one in _problems(text)] == ["datamap.field-only"]


MASKED = """
store: company
url: env:COMPANY
pseudonyms: env:PSEUDONYMS
datasets:
  customers:
    label: customers
    key: id
    erase: redact
    fields: {id: none, email: {item: account.email, erase: RULE}}
"""


def test_a_dataset_may_have_a_point_in_its_name() -> None:
    text = """
store: company
url: env:COMPANY
datasets:
  app.users: {label: users, key: id, identifies: {account: id}, fields: {id: none}}
  logs:
    label: logs
    key: none
    refers: {who: {columns: [user_id], to: app.users, at: [id]}}
    owner: who
    fields: {user_id: none}
"""
    found = _one(text)
    assert found.datasets["logs"].references["who"].dataset == "app.users"
    assert from_value(found.value) == found
