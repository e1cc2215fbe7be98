"""What ends by itself is noted by a sweep, and nothing waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import sqlalchemy as sa

from troth.app.sweeps import let_end
from troth.base.clock import SettableClock
from troth.base.work import Entropy, Work
from troth.consent.service import give, history, state
from troth.policy.read import parse
from troth.subjects import age
from troth.subjects.facts import facts
from troth.subjects.identifier import identifier
from troth.subjects.service import register
from troth.subjects.vault import Vault
from troth.versions.service import publish

POLICY = """
troth: 1
policy: shop
title: {zh: 隐私政策, en: Privacy policy}
updated: 2026-01-01
effective: 2026-01-01
languages: [en, zh]
regimes: [eu]
controller: {name: {zh: 示例, en: Example}, contacts: {email: privacy@shop.example}}
items: {account.email: {label: {zh: 邮箱, en: e-mail}}}
purposes: {news: {label: {zh: 资讯, en: news}}}
functions:
  news:
    label: {zh: 资讯, en: news}
    for: news
    basis: consent
    grade: general
    needs: account.email
    expires: 30 days
"""
VAULT = Vault(b"v" * 32)


def test_a_consent_that_ran_out_is_noted_once_and_a_birthday_makes_an_adult(
    engine: sa.Engine, clock: SettableClock, entropy: Entropy
) -> None:
    @contextmanager
    def begin() -> Iterator[Work]:
        with engine.begin() as connection:
            yield Work(connection, clock.now(), entropy)

    with begin() as work:
        version = publish(work, parse({"policy.yaml": POLICY}), {}, by="test")
        lin = register(work, VAULT, [identifier("email", "lin@mail.example")])
        age.record(work, VAULT, lin, date(2008, 3, 12))
        give(work, VAULT, version, lin, "news", grade="general", language="en", interface="test")
    assert let_end(begin, VAULT) == 0
    clock.advance(timedelta(days=11))
    assert let_end(begin, VAULT) == 1, "the birthday"
    with begin() as work:
        assert {"age.adult"} <= facts(work, lin)
        assert state(work, lin)["news"].valid
    clock.advance(timedelta(days=21))
    assert let_end(begin, VAULT) == 1, "the expiry"
    assert let_end(begin, VAULT) == 0, "once"
    with begin() as work:
        assert not any(fact.startswith("consent.") for fact in facts(work, lin))
        assert [event.kind for event in history(work, lin)] == ["given", "expired"]
