"""Prices, parts, verdicts, recipients, disclosures, unsubscribing and restores, as an operator handles them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from troth.cli.main import run

WHO = "phone:+8619900001234"
POLICY = """
troth: 1
policy: shop
title: {zh: 隐私政策, en: Privacy policy}
updated: 2026-01-01
effective: 2026-01-01
languages: [en, zh]
regimes: [eu]
controller:
  name: {zh: 示例公司, en: Example Ltd}
  contacts: {email: privacy@shop.example}
items:
  account.phone: {label: {zh: 手机号码, en: phone number}, tells: phone}
purposes:
  account: {label: {zh: 账户, en: the account}}
  marketing: {label: {zh: 营销, en: marketing}}
functions:
  register: {label: {zh: 注册, en: registration}, for: account, basis: contract, needs: account.phone}
  offers: {label: {zh: 优惠信息, en: offers}, for: marketing, basis: legitimate-interests, needs: account.phone}
recipients:
  courier:
    kind: provider
    name: {zh: 快递, en: Courier}
    receives: account.phone
    for: account
    basis: contract
    contact: privacy@courier.example
requests:
  fee: {first: free, repeated: cost}
  refuse: {secret: {label: {zh: 商业秘密, en: trade secret}}}
rights:
  complaint: {label: {zh: 投诉, en: complaint}, by: email}
  copy: {label: {zh: 副本, en: a copy}, by: email}
  close_account: {label: {zh: 注销, en: closing}, by: email, cooling_off: 7 days}
"""
MAP = """
store: shop
label: {zh: 商城, en: the shop}
url: env:SHOP
datasets:
  member:
    label: {zh: 会员, en: members}
    key: id
    identifies: {phone: phone}
    fields: {id: none, phone: account.phone}
"""


@pytest.fixture(autouse=True)
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    company, folder = tmp_path / "company.db", tmp_path / "policy"
    (folder / "map").mkdir(parents=True)
    (folder / "policy.yaml").write_text(POLICY)
    (folder / "map" / "shop.yaml").write_text(MAP)
    monkeypatch.setenv("TROTH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHOP", f"sqlite:///{company}")
    fill(company)
    assert run(["publish", str(folder)]) == 0, capsys.readouterr()
    assert run(["subject", "register", WHO, "--verified"]) == 0
    capsys.readouterr()
    return company


def fill(company: Path) -> None:
    with sqlite3.connect(company) as db:
        db.execute("CREATE TABLE IF NOT EXISTS member (id INTEGER PRIMARY KEY, phone TEXT)")
        db.execute("DELETE FROM member")
        db.execute("INSERT INTO member VALUES (1, '+8619900001234'), (2, '+8619900005678')")
    db.close()


def left(company: Path) -> list[int]:
    with sqlite3.connect(company) as db:
        found = [row[0] for row in db.execute("SELECT id FROM member ORDER BY id")]
    db.close()
    return found


def told(capsys: pytest.CaptureFixture[str], *arguments: str, ends: int = 0) -> dict[str, Any]:
    assert run([*arguments, "--json"]) == ends, capsys.readouterr().out
    value: dict[str, Any] = json.loads(capsys.readouterr().out)
    return value


def opened(capsys: pytest.CaptureFixture[str], kind: str, *more: str) -> str:
    return str(told(capsys, "request", "open", WHO, kind, *more)["request"]["id"])


def test_a_price_is_stated_and_its_acceptance_taken_down(capsys: pytest.CaptureFixture[str]) -> None:
    request = opened(capsys, "explanation", "--text", "why?")
    bad = told(capsys, "request", "price", request, "much", "CNY", "excessive", "ten years", ends=2)
    assert bad["errors"][0]["code"] == "requests.bad-amount"
    priced = told(capsys, "request", "price", request, "12.50", "EUR", "excessive", "ten years", "--by", "li")
    assert priced["request"]["state"] == "priced"
    assert told(capsys, "request", "accept", request)["request"]["state"] == "in_review"
    assert told(capsys, "request", "proceed", request, ends=3)["errors"][0]["code"] == "requests.by-words"


def test_a_contested_decision_is_decided(capsys: pytest.CaptureFixture[str]) -> None:
    complaint = opened(capsys, "complaint", "--text", "the lamp talks")
    done = told(capsys, "request", "decide", complaint, "overturned", "It does.", "--remedy", "We mend it.")
    assert done["request"]["state"] == "fulfilled"


def test_a_part_is_refused_and_what_was_recorded_is_told_to_recipients(
    capsys: pytest.CaptureFixture[str], published: Path
) -> None:
    made = told(capsys, "disclosure", "record", WHO, "courier", "--item", "account.phone", "--purpose", "account")
    assert made["disclosure"].startswith("dsc-")
    listed = told(capsys, "disclosure", "list", WHO)["disclosures"]
    assert [(one["recipient"], one["items"]) for one in listed] == [("courier", ["account.phone"])]
    closing = opened(capsys, "close_account")
    kept = told(capsys, "request", "keep", closing, "shop.member", "secret", "It names a supplier.")
    assert kept["request"]["state"] == "cooling_off"
    erasure = opened(capsys, "erasure")
    told(capsys, "request", "run", erasure)
    (courier,) = told(capsys, "request", "recipients", erasure)["recipients"]
    assert (courier["recipient"], courier["answer"], courier["by_hand"]) == ("courier", None, False)
    assert told(capsys, "request", "confirm", erasure, "courier", "done")["recipient"]["answer"] == "done"
    assert left(published) == [2]


def test_who_was_erased_is_erased_again_after_a_restore(capsys: pytest.CaptureFixture[str], published: Path) -> None:
    told(capsys, "request", "run", opened(capsys, "erasure"))
    kept = told(capsys, "restore", "list")
    assert len(kept["tombstones"]) == 1
    list_file = published.parent / "erased.json"
    list_file.write_text(json.dumps(kept))
    fill(published)
    dry = told(capsys, "restore", "replay", "--backup", "2020-01-01", "--dry-run")
    assert dry["stores"] == [{"store": "shop", "people": 1, "changed": {"member": 1}, "listed": True}]
    assert left(published) == [1, 2]
    told(capsys, "restore", "replay", "--backup", "2020-01-01T00:00")
    assert left(published) == [2]
    assert told(capsys, "restore", "forget", "--before", "2099-01-01")["forgotten"] == 1
    fill(published)
    told(capsys, "restore", "replay", "--backup", "2020-01-01", "--list", str(list_file), "--store", "shop")
    assert left(published) == [2]
    list_file.write_text("no list")
    bad = told(capsys, "restore", "replay", "--backup", "2020-01-01", "--list", str(list_file), ends=2)
    assert bad["errors"][0]["code"] == "restore.bad-list"


def test_the_headers_of_a_mail_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["unsubscribe", WHO, "marketing"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("List-Unsubscribe: <http://")
    assert first.endswith(".marketing>")
    assert second == "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
    assert run(["unsubscribe", WHO, "no-purpose"]) == 2
