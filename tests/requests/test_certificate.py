"""The certificate's arithmetic: nothing that was found is unaccounted for, whatever was interrupted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from tests.requests.world import POLICY, SHOP_MAP
from troth.datamap.read import parse as parse_maps
from troth.policy.read import parse as parse_policy
from troth.requests.fulfilment.certificate import compose
from troth.requests.fulfilment.progress import Expected, Progress
from troth.requests.kinds import Kind
from troth.requests.machine import State
from troth.requests.model import Request
from troth.stores.model import Erased
from troth.versions.service import Version

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

REQUEST = Request(
    id="req-1", reference="K-2222-22", subject="sub-1", kind=Kind.ERASURE, state=State.IN_PROGRESS,
    version="kaiconn:1", language="en", channel="portal", opened_at=AT, act_at=None, blocked=None,
    closed_at=None, deadlines=(),
)  # fmt: skip


@cache
def version() -> Version:
    policy = parse_policy({"policy.yaml": POLICY})
    maps = {name: one.value for name, one in parse_maps({"shop.yaml": SHOP_MAP}).items()}
    return Version("kaiconn:1", "kaiconn", 1, policy, maps, policy.hash, AT, 0)


def lines(store: Progress) -> dict[str, dict[str, object]]:
    body = compose(REQUEST, version(), {"shop": store}, unclear={}, told={}, made_at="now")
    return {line["dataset"]: line for line in body["stores"][0]["datasets"]}


def store(expected: Expected, said: tuple[Erased, ...], left: int = 0, dataset: str = "member") -> Progress:
    return Progress("shop", {dataset: expected}, said, {dataset: left})


def erased(changed: int, dataset: str = "member") -> Erased:
    return Erased(dataset, changed, changed, 0, None, "delete")


def kept(rows: int, ground: str = "shared", dataset: str = "member") -> Erased:
    return Erased(dataset, rows, 0, rows, ground, "keep")


counts = st.integers(0, 50)


@given(counts, counts, counts, counts)
def test_what_was_found_is_what_changed_and_what_stays_and_what_is_left(
    due: int, more: int, reported: int, left: int
) -> None:
    line = lines(store(Expected(due, due + more), (erased(reported), kept(more)), left))["member"]
    numbers = {key: value for key, value in line.items() if isinstance(value, int)}
    assert numbers["found"] == numbers["changed"] + numbers["kept"] + numbers["left"]
    assert all(number >= 0 for number in numbers.values())
    assert numbers["changed"] >= reported
    assert numbers["found"] >= due


@given(counts, counts)
def test_an_interrupted_run_certifies_what_an_undisturbed_one_would(due: int, stays: int) -> None:
    """The second run found nothing to erase and nothing to keep: the rows that led there were gone."""
    whole = lines(store(Expected(due, due + stays), (erased(due), kept(stays)) if stays else (erased(due),)))["member"]
    again = lines(store(Expected(due, due + stays), (erased(0),)))["member"]
    if due:
        assert again["resumed"]
        assert {key: again[key] for key in ("found", "changed", "kept", "left")} == {
            key: whole[key] for key in ("found", "changed", "kept", "left")
        }


def test_the_ground_of_an_interrupted_run_is_that_of_the_map() -> None:
    line = lines(store(Expected(1, 3), (erased(0, "invoice"),), dataset="invoice"))["invoice"]
    assert line["grounds"] == [{"ground": "retention.orders", "rows": 2}]


def test_rows_that_came_after_the_count_are_told() -> None:
    line = lines(store(Expected(2, 2), (erased(5),)))["member"]
    assert (line["found"], line["changed"], line["resumed"]) == (5, 5, False)


def test_a_dataset_may_be_kept_on_several_grounds_and_changed_in_several_ways() -> None:
    said = (erased(2), Erased("member", 3, 3, 0, None, "mask"), kept(1), kept(4, "retention.orders"))
    line = lines(store(Expected(5, 10), said))["member"]
    assert line["changes"] == [{"change": "delete", "rows": 2}, {"change": "mask", "rows": 3}]
    assert line["grounds"] == [{"ground": "shared", "rows": 1}, {"ground": "retention.orders", "rows": 4}]
    assert (line["found"], line["changed"], line["kept"]) == (10, 5, 5)


def test_it_says_what_the_policy_says_of_backups_and_is_silent_where_that_is() -> None:
    clean = store(Expected(0, 0), ())
    assert compose(REQUEST, version(), {"shop": clean}, unclear={}, told={}, made_at="now")["backups"] == {
        "clause": "rights.erasure.backups",
        "text": {"zh": "在备份更新时删除", "en": "deleted when the backup is next renewed"},
    }
    silent = replace(version(), policy=replace(version().policy, rights={}))
    assert compose(REQUEST, silent, {"shop": clean}, unclear={}, told={}, made_at="now")["backups"] is None
