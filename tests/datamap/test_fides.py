"""Taking datasets of Fides: what they say is carried over, and what is not is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from troth.base.errors import InputError
from troth.datamap.fides import take
from troth.datamap.model import StoreMap
from troth.datamap.read import parse
from troth.policy.model import Policy
from troth.policy.read import parse as parse_policy

SHOP = """
dataset:
  - fides_key: web_shop
    name: Web shop
    fides_meta: {after: [billing]}
    collections:
      - name: place
        fields:
          - {name: id, data_categories: [system.operations], fides_meta: {primary_key: True}}
          - {name: street, data_categories: [user.contact.address.street]}
      - name: buyer
        description: who buys
        fields:
          - {name: id, data_categories: [user.unique_id], fides_meta: {primary_key: True}}
          - {name: email, data_categories: [user.contact.email], fides_meta: {identity: email, data_type: string}}
          - {name: other, data_categories: [user.contact.email], fides_meta: {identity: email}}
          - {name: ancestry, data_categories: [user.genetic]}
          - name: place_id
            data_categories: [system.operations]
            fides_meta: {references: [{dataset: web_shop, field: place.id, direction: to}]}
          - name: extra
            fields: [{name: nested, data_categories: [user.name]}]
      - name: purchase
        fields:
          - name: id
            fides_meta: {primary_key: True}
          - name: buyer_id
            fides_meta: {references: [{dataset: web_shop, field: buyer.id, direction: from}]}
          - name: bill
            fides_meta: {references: [{dataset: billing, field: bill.id, direction: to}]}
          - name: label
            data_categories: [user.name]
            fides_meta: {masking_strategy_override: {strategy: hash}}
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    path = Path(__file__).parents[2] / "examples" / "kaiconn" / "policy.yaml"
    return parse_policy({"policy.yaml": path.read_text(encoding="utf-8")})


def _taken(policy: Policy) -> tuple[StoreMap, tuple[str, ...]]:
    (one,) = take("shop.yml", SHOP, policy, "env:SHOP_URL")
    return parse({"web_shop.yaml": one.text})["web_shop"], one.left_out


def test_fields_categories_and_identities_are_carried_over(policy: Policy) -> None:
    found, _ = _taken(policy)
    assert (found.url, found.label["en"]) == ("env:SHOP_URL", "Web shop")
    buyer = found.datasets["buyer"]
    assert {name: rule.item for name, rule in buyer.fields.items()} == {
        "id": None, "email": "account.email", "other": "account.email", "ancestry": None, "place_id": None,
        "extra": None,
    }  # fmt: skip
    assert (buyer.key, buyer.identifies["email"].column) == (("id",), "email")
    assert found.datasets["place"].fields["street"].item == "identity.address"


def test_references_keep_their_direction(policy: Policy) -> None:
    found, _ = _taken(policy)
    assert found.datasets["purchase"].owners == ("buyer_id",)
    (place,) = found.datasets["place"].owner_references()
    assert (place.dataset, place.at, place.many) == ("buyer", ("place_id",), True)
    assert found.datasets["buyer"].owners == ()


def test_everything_that_was_not_carried_over_is_named(policy: Policy) -> None:
    _, left = _taken(policy)
    for said in (
        "the dataset: after",
        "`buyer.other`: a second column that names people by email",
        "`buyer.ancestry`: no item of the policy means user.genetic",
        "`buyer.extra`: the fields inside it",
        "`purchase.bill`: a reference to the other store `billing`",
        "`purchase.label`: masking_strategy_override",
    ):
        assert said in left
    assert len(left) == 6


@pytest.mark.parametrize("text", ["x: 1\n", "dataset: 3\n", "dataset: [1]\n", "dataset: [{name: x}]\n"])
def test_a_file_of_something_else_is_refused(policy: Policy, text: str) -> None:
    with pytest.raises(InputError) as refused:
        take("x.yml", text, policy, "env:X")
    assert refused.value.code == "datamap.not-fides"
