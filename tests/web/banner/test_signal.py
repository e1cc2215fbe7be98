"""The Global Privacy Control: heard wherever it is sent, obeyed without asking, and said so."""

from __future__ import annotations

import pytest

from tests.web.banner.caller import Caller, rows
from tests.web.banner.shop import SIGNAL
from tests.web.banner.site import Site


@pytest.mark.parametrize(
    ("header", "heard"),
    [
        ("1", True),
        ("0", False),
        ("true", False),
        ("", False),
        ("11", False),
        ("1.0", False),
        ("yes", False),
    ],
)
def test_the_signals_header_is_exactly_1(there: Site, header: str, *, heard: bool) -> None:
    caller = Caller(there)
    response = caller.send(caller.body({"analytics": "refused"}), headers={"Sec-GPC": header})
    assert response.json()["gpc"] == {"processed": heard, "matters": ["ads"] if heard else []}
    assert [one for one in there.chosen() if one[0] == "ads"] == ([("ads", "refused")] if heard else [])


def test_one_1_among_several_headers_is_a_1(there: Site) -> None:
    caller = Caller(there)
    headers = [("Sec-GPC", "0"), ("Sec-GPC", "1"), ("Content-Type", "application/json")]
    response = caller.client.post("/banner/v1/shop/choices", json=caller.body({}), headers=headers)
    assert response.json()["gpc"]["processed"]


def test_the_signal_alone_refuses_without_asking_once(there: Site) -> None:
    caller = Caller(there)
    first = caller.choose(gpc=True)
    assert first["gpc"] == {"processed": True, "matters": ["ads"]}
    assert first["states"] == {"ads": "refused"}
    assert first["ask"] == ["analytics"]
    before = len(there.events())
    assert caller.choose(gpc=True)["receipts"] == {}
    assert len(there.events()) == before, "said once, it is written once"
    (event,) = [one for one in there.events() if one.function == "ads"]
    assert event.interface == "banner/signal"
    assert there.text(event).startswith("Opt-out request honoured\n")


def test_the_signal_ends_a_consent_that_stands(there: Site) -> None:
    caller = Caller(there)
    caller.choose({"ads": "given", "analytics": "given"})
    told = caller.choose(gpc=True)
    assert told["states"] == {"ads": "withdrawn", "analytics": "given"}
    assert there.chosen()[-1] == ("ads", "withdrawn")


def test_where_the_policy_honours_no_signal_nothing_is_said_to_be_honoured(there: Site) -> None:
    there.publish(SIGNAL.replace("honoured: true", "honoured: false"))
    caller, before = Caller(there), rows(there)
    response = caller.send(caller.body({}, gpc=True))
    assert response.json()["gpc"] == {"processed": False, "matters": []}
    assert rows(there) == before
