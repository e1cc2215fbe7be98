"""The running system: every adapter built once, handed down from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa

from troth.app.database import glancing, reading
from troth.app.faults import faults_said
from troth.app.jobs import Worker
from troth.app.keyring.keys import verifiers
from troth.app.keyring.secrets import resolve
from troth.app.openid import OpenId
from troth.app.ports import Mail, Sms
from troth.app.sending.agents import tell_agents
from troth.app.sending.letters import Post, send_due
from troth.app.sending.outward import Outward, networks
from troth.app.sending.recipients import tell_recipients
from troth.app.sending.tasks import Office, tell_tasks
from troth.app.sending.transfers import Carrier, carry_due
from troth.app.sending.warnings import warn_staff
from troth.app.sending.webhooks import tell_webhooks
from troth.app.settings import Settings
from troth.app.sweeps import forget_proofs, let_end
from troth.base.clock import Clock
from troth.base.work import Entropy, Work
from troth.datamap.read import from_value
from troth.journal.model import Signer
from troth.requests.ports import Jobs
from troth.requests.proof.matching import match_due
from troth.stores.mailbox.store import Desk
from troth.stores.model import Rehearsing
from troth.stores.open import open_store
from troth.subjects.vault import Vault
from troth.versions.service import Version


@dataclass(frozen=True)
class Application:
    """What every face (command line, web, worker, rehearsal) is handed."""

    settings: Settings
    engine: sa.Engine
    clock: Clock
    entropy: Entropy
    vault: Vault
    signer: Signer
    mail: Mail
    sms: Sms
    jobs: Jobs

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """One unit of work: commits at the end of the block, rolls back on an exception."""
        with faults_said(), self.engine.begin() as connection:
            yield Work(connection, self.clock.now(), self.entropy)

    @contextmanager
    def read(self) -> Iterator[Work]:
        """A unit of work that only reads; it waits for no writer, and no writer waits for it."""
        with faults_said(), reading(self.engine) as connection:
            yield Work(connection, self.clock.now(), self.entropy)

    @contextmanager
    def glance(self) -> Iterator[Work]:
        """For a look at a few rows, as cheaply as that goes; see `glancing`. Nothing may be written."""
        with faults_said(), glancing(self.engine) as connection:
            yield Work(connection, self.clock.now(), self.entropy)

    @property
    def believed_keys(self) -> tuple[str, ...]:
        """Verifier strings under which the journal's checkpoints are believed: today's key, and those before it."""
        known = (self.signer.vkey, *verifiers(self.settings.home), *self.settings.journal_old_keys)
        return tuple(dict.fromkeys(known))

    def worker(self) -> Worker:
        """Who does the work that falls due; start it beside a server, or let it drain what is waiting."""
        two_pairs = self.settings.two_pairs
        return Worker(
            self.engine, self.begin, self.vault, self.stores, self.jobs, chores=self.chores, two_pairs=two_pairs
        )

    @property
    def openid(self) -> OpenId | None:
        """The provider that people may sign in with; None where none is set."""
        given = self.settings
        if not given.openid_issuer:
            return None
        return OpenId(given.openid_issuer, given.openid_client_id, given.openid_client_secret)

    @property
    def outward(self) -> Outward:
        """What calls the addresses that staff wrote down."""
        return Outward(networks(self.settings.private_networks))

    @property
    def _warned(self) -> tuple[str, ...]:
        return tuple(address for address, role in self.settings.roles.items() if role in {"officer", "agent"})

    @property
    def chores(self) -> tuple[Callable[[], int], ...]:
        """What falls due beside requests; each finds by itself what there is to do, and is safe to repeat."""
        base_url = self.settings.base_url.rstrip("/")
        return (
            partial(let_end, self.begin, self.vault),
            partial(match_due, self.begin, self.vault, self.stores, self.jobs),
            partial(forget_proofs, self.begin, self.vault),
            partial(send_due, self.begin, self.vault, Post(self.mail, self.sms, base_url)),
            partial(warn_staff, self.begin, self.mail, self._warned, base_url),
            partial(tell_agents, self.begin, self.outward, base_url),
            partial(tell_recipients, self.begin, self.vault, self.mail, base_url),
            partial(tell_tasks, self.begin, self.vault, Office(self.mail, self._warned, base_url)),
            partial(carry_due, self.begin, self.vault, self.jobs, Carrier(self.signer, self.outward)),
            partial(tell_webhooks, self.begin, self.outward, resolve),
        )

    def stores(self, version: Version) -> Mapping[str, Rehearsing]:
        """The stores that the version's data maps name, opened by their secrets' references."""
        desk = Desk(self.begin, self.vault)
        return {name: open_store(from_value(value), resolve, desk=desk) for name, value in version.maps.items()}
