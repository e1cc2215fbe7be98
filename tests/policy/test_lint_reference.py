"""Lint rules against slow and obvious readings of the same policy, on policies at random."""

from __future__ import annotations

from hypothesis import given

from tests.policy.strategies import Value, as_yaml, slowly, values
from troth.policy.lint import lint
from troth.policy.read import parse


def found(value: Value, rule: str) -> set[str]:
    return {finding.clause for finding in lint(parse({"policy.yaml": as_yaml(value)})) if finding.rule == rule}


def section(value: Value, name: str) -> Value:
    part: Value = value.get(name, {})
    return part


def reached(value: Value, names: list[str]) -> set[str]:
    """The items that a list of items, the one category and `all` stands for."""
    items = section(value, "items")
    return {item for item, said in items.items() if item in names or "all" in names or said.get("category") in {*names}}


def sensitive(value: Value) -> set[str]:
    family = value["categories"]["family"]["sensitive"]
    return {
        item
        for item, said in section(value, "items").items()
        if said.get("sensitive") or (family and "category" in said)
    }


@slowly
@given(values())
def test_an_item_is_without_purpose_when_no_line_names_it(value: Value) -> None:
    named: set[str] = set()
    for function in section(value, "functions").values():
        named |= {*function["needs"], *function["optional"]}
    for recipient in section(value, "recipients").values():
        named |= {*recipient.get("receives", [])}
    for line in section(value, "flows").values():
        if "all" not in line["items"]:
            named |= reached(value, line["items"])
    assert found(value, "item-without-purpose") == {f"items.{item}" for item in value["items"] if item not in named}


@slowly
@given(values())
def test_a_purpose_is_idle_when_no_line_is_for_it(value: Value) -> None:
    served = {function["for"] for function in section(value, "functions").values()}
    for part in ("flows", "recipients"):
        for each in section(value, part).values():
            served |= {*each.get("for", [])}
    idle = {f"purposes.{purpose}" for purpose in value["purposes"] if purpose not in served}
    assert found(value, "purpose-without-function") == idle


@slowly
@given(values())
def test_an_item_is_necessary_and_optional_when_both_lists_hold_it(value: Value) -> None:
    both = {
        f"functions.{name}.optional"
        for name, function in section(value, "functions").items()
        if {*function["needs"]} & {*function["optional"]}
    }
    assert found(value, "necessary-and-optional") == both


@slowly
@given(values())
def test_an_optional_item_is_a_gate_when_a_function_beside_it_needs_it(value: Value) -> None:
    functions = section(value, "functions")
    gates = {
        f"functions.{name}.optional"
        for name, function in functions.items()
        for other, beside in functions.items()
        if other != name and beside["for"] == function["for"] and {*function["optional"]} & {*beside["needs"]}
    }
    told = {value["items"][item].get("tells") for function in functions.values() for item in function["needs"]}
    waits = {
        f"functions.{name}.after"
        for name, function in functions.items()
        if "verified.phone" in function["after"] and "phone" not in told
    }
    assert found(value, "optional-item-as-gate") == gates | waits


@slowly
@given(values())
def test_sensitive_data_is_shared_lightly_when_a_line_lets_it_out(value: Value) -> None:
    touchy = sensitive(value)
    expected: set[str] = set()

    def lightly(part: Value) -> bool:
        return part["basis"] != "legal-obligation" and part.get("grade") != "separate"

    recipients = section(value, "recipients")
    shared = {to for function in section(value, "functions").values() for to in function["shares"]}
    for name, function in section(value, "functions").items():
        for to in function["shares"] if lightly(function) else []:
            receives = recipients[to].get("receives", [])
            if {*receives} & touchy:
                expected.add(f"recipients.{to}.receives")
            if not receives and {*function["needs"], *function["optional"]} & touchy:
                expected.add(f"functions.{name}.shares")
    for to, recipient in recipients.items():
        if (
            to not in shared
            and "basis" in recipient
            and recipient.get("for")
            and {*recipient.get("receives", [])} & touchy
        ):
            expected.add(f"recipients.{to}.receives")
    for name, line in section(value, "flows").items():
        if line["action"] != "use" and line["for"] and lightly(line) and reached(value, line["items"]) & touchy:
            expected.add(f"flows.{name}")
    assert found(value, "sensitive-shared-lightly") == expected


@slowly
@given(values())
def test_a_recipient_is_out_of_reach_when_nothing_is_passed_to_it(value: Value) -> None:
    reached_by = {to for function in section(value, "functions").values() for to in function["shares"]}
    reached_by |= {to for line in section(value, "flows").values() for to in line["to"]}
    lost = {
        f"recipients.{name}"
        for name, recipient in section(value, "recipients").items()
        if recipient.get("receives") and "basis" not in recipient and name not in reached_by
    }
    assert found(value, "recipient-without-function") == lost


@slowly
@given(values())
def test_a_recipient_gets_what_nobody_declared_when_no_function_of_its_own_handles_it(value: Value) -> None:
    expected: set[str] = set()
    for name, recipient in section(value, "recipients").items():
        handled: set[str] = set()
        for function in section(value, "functions").values():
            if name in function["shares"] or function["for"] in recipient.get("for", []):
                handled |= {*function["needs"], *function["optional"]}
        for line in section(value, "flows").values():
            if name in line["to"]:
                handled |= reached(value, line["items"])
        if {*recipient.get("receives", [])} - handled:
            expected.add(f"recipients.{name}.receives")
    assert found(value, "recipient-item-undeclared") == expected


@slowly
@given(values())
def test_consent_without_an_end_and_functions_without_items_are_found(value: Value) -> None:
    functions = section(value, "functions")
    endless = {f"functions.{name}" for name, function in functions.items() if function["basis"] == "consent"}
    assert found(value, "withdrawal-undefined") == endless
    empty = {f"functions.{name}" for name, each in functions.items() if not each["needs"] and not each["optional"]}
    assert found(value, "function-without-items") == empty


@slowly
@given(values())
def test_what_has_no_retention_line_no_contact_and_no_prevailing_language_is_found(value: Value) -> None:
    assert found(value, "retention-missing") == {f"items.{item}" for item in value["items"]}
    assert found(value, "controller-contact-missing") == {"controller"}
    assert found(value, "prevailing-language-missing") == {"languages"}
