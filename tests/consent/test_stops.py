"""What an opt-out is said to be about is what decisions stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.policy.support import policy_with
from tests.versions.sample import policy
from troth.consent.matter import opt_out
from troth.consent.optouts.optout import OPT_OUTS, opted_out_fact
from troth.consent.optouts.stops import stopped, stopping
from troth.consent.proof.terms import terms_of
from troth.decision.conditions import conditions
from troth.policy.flows import flows
from troth.policy.model import Policy
from troth.policy.read import parse

EXAMPLES = Path(__file__).parents[2] / "examples"
ADS = """\
categories: {health: {label: health, sensitive: true}, body: {label: body, category: health}}
items: {page: {label: page}, weight: {label: weight, category: body}, name: {label: name}}
purposes: {ads: {label: ads}, banner: {label: banners, part_of: ads}, shop: {label: shop}}
signals: {gpc: {label: privacy signal, honoured: true, refuses: ads}}
recipients: {network: {kind: partner, name: network}}
functions:
  order: {label: order, for: shop, basis: contract, needs: name, optional: weight}
  score: {label: score, for: shop, basis: legitimate-interests, needs: page, automated: true}
flows:
  show: {label: show, action: use, for: banner, items: page, basis: legitimate-interests}
  pass: {label: pass on, action: share, for: ads, items: page, to: network, basis: legitimate-interests}
  sell: {label: sell, action: sell, for: shop, items: page, to: network, basis: legitimate-interests}
"""


def read(name: str) -> Policy:
    texts = {file.name: file.read_text(encoding="utf-8") for file in (EXAMPLES / name).glob("*.yaml")}
    return parse({file: text for file, text in texts.items() if file not in {"promises.yaml", "findings.yaml"}})


@pytest.mark.parametrize("made", ["ads", "shop", "kaiconn", "nanolux", "smallrig"])
def test_every_opt_out_stops_what_decisions_forbid(made: str) -> None:
    of = {"ads": lambda: policy_with(ADS), "shop": policy}
    found = of[made]() if made in of else read(made)
    for flow in flows(found):
        forbidden = {fact for fact in conditions(found, flow).forbids if fact.startswith("opted-out.")}
        assert forbidden == {opted_out_fact(name) for name in stopping(found, flow)}, flow


def test_each_opt_out_stops_its_own_flows() -> None:
    found = policy_with(ADS)
    assert {name: sorted({flow.clause for flow in stopped(found, name)}) for name in OPT_OUTS} == {
        "sale": ["flows.sell"],
        "sharing": ["flows.pass"],
        "targeted-advertising": ["flows.pass", "flows.show"],
        "profiling": ["functions.score.needs"],
        "sensitive": ["functions.order.optional"],
        "automated": ["functions.score.needs"],
    }


@pytest.mark.parametrize("name", OPT_OUTS)
def test_the_terms_of_an_opt_out_list_what_it_stops(name: str) -> None:
    found = policy_with(ADS)
    matter = opt_out(found, name)
    assert set(matter.items) == {flow.item for flow in stopped(found, name)}
    assert set(matter.actions) == {flow.action for flow in stopped(found, name)}
    assert "consent" not in matter.bases
    assert len(terms_of(found, matter).texts) == 2, "one language and its index"


def test_where_nothing_is_sold_an_opt_out_of_sale_is_about_nothing_and_still_counts() -> None:
    found = policy_with("items: {page: {label: page}}\n")
    assert opt_out(found, "sale").items == ()
    assert terms_of(found, opt_out(found, "sale")).name.startswith("sha256:")
