"""The little world in which promises are rehearsed: own database, a sample company, a clock that can be set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from troth.base.clock import SettableClock
from troth.base.sensitive import Sensitive
from troth.base.work import Begin
from troth.journal.model import Signer
from troth.policy.model import Policy
from troth.requests import service
from troth.requests.fulfilment import fulfil
from troth.requests.ports import Stores
from troth.subjects.vault import Vault
from troth.versions.service import Version


@dataclass(frozen=True)
class SamplePerson:
    """Somebody whom the sample company knows: a customer with rows in every dataset."""

    phone: Sensitive[str]
    email: Sensitive[str]


class Errands:
    """The jobs of a sandbox: remembered, then run one after the other when the rehearsal says so."""

    def __init__(self) -> None:
        self.waiting: list[str] = []

    def enqueue(self, _work: object, *request_ids: str) -> None:
        """Remember them."""
        self.waiting.extend(request_ids)


@dataclass(frozen=True)
class Sandbox:
    """Everything a control may touch. Made anew for each promise, so that rehearsals do not disturb each other."""

    begin: Begin
    clock: SettableClock
    vault: Vault
    signer: Signer
    version: Version
    stores: Callable[[Version], Stores]
    company: Mapping[str, sa.Engine]
    person: SamplePerson
    folder: Path
    errands: Errands
    notice: Callable[[str], str]
    """The version's notice in a language, as people read it."""
    audience: str | None = None
    """The rule set that the sample person belongs to; None for the general rules."""

    @property
    def policy(self) -> Policy:
        """The rules that hold for the sample person."""
        return self.version.for_audience(self.audience).policy

    def run_due(self) -> None:
        """Do everything that is due at the clock's instant."""
        with self.begin() as work:
            service.pulse(work, self.vault, self.errands)
        while self.errands.waiting:
            fulfil.run(self.begin, self.vault, self.stores, self.errands.waiting.pop(0))


MakeSandbox = Callable[[], AbstractContextManager[Sandbox]]
"""Opens a fresh sandbox and removes it afterwards; built by `app`."""
