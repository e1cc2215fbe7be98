"""The example company, filled by its own sample, with the map that ships beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.stores.company import Company, person
from troth.datamap.check import against_policy
from troth.datamap.model import StoreMap
from troth.datamap.read import from_value, parse
from troth.drill.sample.build import build, join
from troth.policy.read import parse as parse_policy
from troth.policy.yaml_reader import plain, read
from troth.stores.model import Store
from troth.stores.open import open_store

FOLDER = Path(__file__).parents[2] / "examples" / "kaiconn"
ME = person("sub-me", phone="+8619900009999", email="me@mail.example")
DATASETS = {"customers", "devices", "device_logs", "push_tokens", "orders", "order_lines", "tickets", "messages"}


def _text(path: str) -> str:
    return (FOLDER / path).read_text(encoding="utf-8")


def _map() -> StoreMap:
    return parse({"company.yaml": _text("map/company.yaml")})["company"]


def _spec() -> Mapping[str, Any]:
    value = plain(read("sample.yaml", _text("sample/sample.yaml")))
    assert isinstance(value, dict)
    return value


@pytest.fixture
def store(company: Company) -> Store:
    build(company.engine, _text("sample/schema.sql"), _spec(), people=30, seed=5)
    identifiers = {kind: value.reveal() for kind, value in ME.identifiers}
    join(company.engine, _spec(), identifiers=identifiers, seed=6)
    return open_store(_map(), lambda _: company.url)


def test_the_map_fits_the_database_it_is_for(store: Store) -> None:
    assert store.check() == ()


def test_the_map_places_only_items_of_the_policy() -> None:
    policy = parse_policy({"policy.yaml": _text("policy.yaml")})
    assert against_policy(_map(), policy) == ()


def test_the_map_comes_back_from_the_value_that_a_version_keeps() -> None:
    assert from_value(_map().value) == _map()
    assert list(from_value(_map().value).datasets) == list(_map().datasets)


def test_a_person_sees_every_dataset_and_never_a_password(store: Store) -> None:
    rows = list(store.access([ME]))
    assert {row.dataset for row in rows} == DATASETS
    (account,) = [row.values for row in rows if row.dataset == "customers"]
    assert account["phone"] == "19900009999"
    assert "password_hash" not in account
    assert {row.subject for row in rows} == {"sub-me"}


def test_erasing_takes_all_of_one_and_nothing_of_the_others(company: Company, store: Store) -> None:
    def counts() -> Counter[str]:
        return Counter({name: company.rows(f"SELECT count(*) FROM {name}")[0][0] for name in DATASETS})

    before, due = counts(), Counter(store.look([ME]))
    assert due == Counter(row.dataset for row in store.access([ME]))
    assert all(due[name] > 0 for name in DATASETS)
    assert Counter({one.dataset: one.changed for one in store.erase([ME])}) == due
    assert counts() == before - due
    assert set(store.look([ME]).values()) == {0}
    assert list(store.access([ME])) == []
