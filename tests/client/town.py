"""A hundred people of every kind under the sample policy, and a program's client of them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tests.support.application import Outbox, application
from tests.versions.sample import policy
from troth.app.application import Application
from troth.base.clock import SettableClock
from troth.base.work import Entropy, Work
from troth.decision.compile import Masks
from troth.decision.model import Question
from troth.decision.service import masks_in_use, peek
from troth.subjects import facts
from troth.subjects.identifier import identifier
from troth.subjects.service import register
from troth.subjects.vault import Vault
from troth.versions.service import Version, publish

NAMES = (
    "account.open", "verified.phone", "accepted.policy", "consent.push.explicit", "consent.flows.sale.separate",
    "consent.recipients.bureau.separate", "restricted", "account.closing", "objected.push", "opted-out.sale",
)  # fmt: skip
PUSH = Question("push", "device.imei")
PHONE = Question("account", "account.phone", "collect")


@dataclass
class Town:
    app: Application
    version: Version
    people: dict[str, str]
    """Subject's id by phone number."""

    def masks(self) -> dict[str, Masks]:
        with self.app.begin() as work:
            return masks_in_use(work, self.version)

    def allowed(self, question: Question) -> set[str]:
        """Everybody for whom the database says yes, one by one."""
        with self.app.begin() as work:
            asked = {one: peek(work, self.app.vault, self.version, one, question) for one in self.people.values()}
        return {one for one, decision in asked.items() if decision.outcome == "allowed"}


def settle(engine: sa.Engine, home: Path, clock: SettableClock, entropy: Entropy, size: int = 50) -> Town:
    app = application(engine, home, clock, entropy, Outbox())
    draw = random.Random(4)
    people = {}
    with app.begin() as work:
        version = publish(work, policy(), {}, by="officer@shop.example")
        _fill(work, app.vault)
        for number in range(size):
            phone = f"+86199{number:08}"
            subject = people[phone] = register(work, app.vault, [identifier("phone", phone)])
            held = {name for place, name in enumerate(NAMES) if draw.random() < (0.9 if place < 6 else 0.1)}
            facts.change(work, subject, add=sorted(held | {"filler.fact0"}))
    return Town(app, version, people)


def _fill(work: Work, vault: Vault) -> None:
    """Facts enough for three words."""
    subject = register(work, vault, [identifier("account", "filler")])
    facts.change(work, subject, add=[f"filler.fact{number}" for number in range(70)])
    facts.change(work, subject, add=sorted(NAMES), remove=[])
    facts.change(work, subject, add=[f"filler.more{number}" for number in range(70)])
    facts.change(work, subject, remove=sorted(NAMES))
