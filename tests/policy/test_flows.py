"""Flows: what a policy allows, item by item."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given

from tests.policy.strategies import Value, as_yaml, slowly, values
from tests.policy.support import SHOP, kaiconn, policy_of, policy_with
from troth.policy.clauses import clauses
from troth.policy.flows import Flow, flows
from troth.policy.model import GRADES, at_least
from troth.policy.read import parse

Row = tuple[object, ...]


def listed(part: Value, key: str) -> list[str]:
    found = part.get(key, [])
    return found if isinstance(found, list) else [found]


def expected(value: Value) -> set[Row]:
    """The same flows, written out from the value as slowly and plainly as can be."""
    functions, recipients = value.get("functions", {}), value.get("recipients", {})
    rows = [row for name, function in functions.items() for row in of_function(name, function, recipients)]
    shared = {to for function in functions.values() for to in listed(function, "shares")}
    rows += [row for to, each in recipients.items() if to not in shared for row in of_recipient(to, each)]
    rows += [row for name, line in value.get("flows", {}).items() for row in of_line(name, line, value["items"])]
    return set(rows)


def of_function(name: str, function: Value, recipients: Value) -> Iterator[Row]:
    rest = (function["basis"], function.get("grade", "none"), tuple(sorted(listed(function, "after"))))
    for key in ("needs", "optional"):
        for item in listed(function, key):
            for action in ("collect", "use"):
                yield (item, function["for"], action, None, name, *rest, f"functions.{name}.{key}", key == "needs")
    for to in listed(function, "shares"):
        receives = listed(recipients[to], "receives")
        clause = f"recipients.{to}.receives" if receives else f"functions.{name}.shares"
        for item in receives or listed(function, "needs") + listed(function, "optional"):
            needed = item in listed(function, "needs")
            yield (item, function["for"], "share", to, name, *rest, clause, needed)


def of_recipient(to: str, recipient: Value) -> Iterator[Row]:
    for purpose in listed(recipient, "for") if "basis" in recipient else []:
        for item in listed(recipient, "receives"):
            yield (item, purpose, "share", to, None, recipient["basis"], "none", (), f"recipients.{to}.receives", False)


def of_line(name: str, line: Value, items: Value) -> Iterator[Row]:
    for purpose in listed(line, "for"):
        recipients: list[str | None] = [*listed(line, "to")]
        for to in recipients or [None]:
            for item, declared in items.items():
                if {item, "all", declared.get("category")} & set(listed(line, "items")):
                    rest = (line["basis"], line.get("grade", "none"), ())
                    yield (item, purpose, line["action"], to, None, *rest, f"flows.{name}", False)


def fields(flow: Flow) -> tuple[object, ...]:
    return (
        flow.item, flow.purpose, flow.action, flow.recipient, flow.function,
        flow.basis, flow.grade, flow.after, flow.clause, flow.necessary,
    )  # fmt: skip


@slowly
@given(values())
def test_flows_are_what_the_lines_say_one_by_one(value: Value) -> None:
    policy = parse({"policy.yaml": as_yaml(value)})
    assert {fields(flow) for flow in flows(policy)} == expected(value)


@slowly
@given(values())
def test_no_flow_is_given_twice_and_each_names_a_clause(value: Value) -> None:
    policy = parse({"policy.yaml": as_yaml(value)})
    found = flows(policy)
    assert len(found) == len(set(found))
    assert {flow.clause for flow in found} <= set(clauses(policy))


def test_a_function_collects_uses_and_shares() -> None:
    assert [
        (flow.item, flow.action, flow.recipient, flow.necessary, flow.clause) for flow in flows(policy_of(SHOP))
    ] == [
        ("account.name", "collect", None, False, "functions.register.optional"),
        ("account.name", "share", "mailer", False, "recipients.mailer.receives"),
        ("account.name", "use", None, False, "functions.register.optional"),
        ("account.phone", "collect", None, True, "functions.register.needs"),
        ("account.phone", "use", None, True, "functions.register.needs"),
    ]


def test_a_line_for_a_category_reaches_all_below_it() -> None:
    policy = policy_with(
        """
categories: {device: {label: device}, device.id: {label: identifiers, category: device}}
items:
  imei: {label: IMEI, category: device.id}
  model: {label: model, category: device}
  name: {label: name}
purposes: {ads: {label: advertising}}
recipients: {network: {kind: partner, name: network}}
flows:
  ads: {label: ads, action: sell, items: device, for: ads, to: network, basis: consent, grade: explicit}
"""
    )
    assert [flow.item for flow in flows(policy)] == ["imei", "model"]
    assert policy.items_in(("device.id", "name")) == ("imei", "name")
    assert policy.items_in(("all",)) == ("imei", "model", "name")
    assert policy.items_in(()) == ()


def test_a_line_without_a_purpose_is_a_condition_and_allows_nothing() -> None:
    policy = policy_with(
        "items: {name: {label: name}}\nflows:\n  law: {label: law, action: share, items: all, basis: contract}\n"
    )
    assert flows(policy) == ()


def test_push_at_kaiconn_needs_explicit_consent_for_every_item() -> None:
    push = [flow for flow in flows(kaiconn()) if flow.function == "push"]
    assert {flow.item for flow in push if flow.action == "share"} == {
        "device.identifier",
        "location.precise",
        "device.mac",
    }
    assert {flow.recipient for flow in push if flow.action == "share"} == {"getui"}
    assert {(flow.basis, flow.grade) for flow in push} == {("consent", "explicit")}


def test_grades_are_ordered_from_least_to_most() -> None:
    assert [[at_least(have, need) for need in GRADES] for have in GRADES] == [
        [position <= mine for position in range(len(GRADES))] for mine in range(len(GRADES))
    ]
    assert at_least("separate", "explicit")
    assert not at_least("deemed", "general")
