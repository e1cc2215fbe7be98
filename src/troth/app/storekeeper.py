"""What Troth answers as a store of another system: what is held about a person, and their erasure there.

An erasure that another system asks for is a request like any other: recorded, certified, journaled. It is run at once;
what is not done when the answer is due is said to be pending, and whoever asked asks again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from troth.app.application import Application
from troth.base.errors import TrothError
from troth.base.work import Work
from troth.journal import service as journal
from troth.requests.fulfilment import fulfil
from troth.requests.fulfilment.progress import progress
from troth.requests.holds import HOLD
from troth.requests.kinds import Kind
from troth.requests.machine import State
from troth.requests.service import open_request
from troth.stores.http.serve import Answer, HeldError, PendingError, answer, failed
from troth.stores.model import Erased, Person, Rehearsing
from troth.subjects import facts
from troth.subjects import service as subjects
from troth.subjects.identifier import Identifier
from troth.versions.model import Version
from troth.versions.service import current, first_published

CHANNEL = "store"
"""How such a request reached us, as its record says."""

Method = Literal["GET", "DELETE"]


@dataclass(frozen=True)
class Storekeeper:
    """Answers one system, by the name under which it is known, about the people of our stores."""

    app: Application
    caller: str

    def answer(self, method: Method, who: Identifier, *, dry_run: bool) -> Answer:
        """The answer about whom `who` finds."""
        try:
            version, person, held = self._found(method, who, dry_run=dry_run)
            if held and method == "DELETE":
                raise HeldError
            return answer(
                tuple(self._stores(version)),
                method,
                person,
                dry_run=dry_run,
                erase=lambda: self._erase(version, who, person),
            )
        except TrothError as error:
            return failed(error)

    def _found(self, method: Method, who: Identifier, *, dry_run: bool) -> tuple[Version, Person, bool]:
        """The version in force, everything that the person is known by, and whether a hold is on them. Journaled."""
        with self.app.begin() as work:
            version = current(work, self.app.settings.policy or first_published(work))
            subject = subjects.find(work, self.app.vault, who)
            known = subjects.identifiers(work, self.app.vault, subject) if subject else (who,)
            held = subject is not None and HOLD in facts.facts(work, subject)
            self._note(work, "read" if method == "GET" else "rehearse" if dry_run else "erase", subject)
        return version, Person(subject or "", tuple((one.kind, one.value) for one in known)), held

    def _note(self, work: Work, act: str, subject: str | None) -> None:
        refs = {"caller": self.caller, "act": act}
        if subject is not None:
            refs["subject"] = subjects.commitment(work, self.app.vault, subject, subject)
        journal.append(work, "store.asked", refs)

    def _stores(self, version: Version) -> Iterable[Rehearsing]:
        for _, store in sorted(self.app.stores(version).items()):
            yield store

    def _erase(self, version: Version, who: Identifier, person: Person) -> Sequence[Erased]:
        """Erase by a request, if there is anything to do; what stays is said, done before or now."""
        before = [one for store in self._stores(version) for one in store.rehearse([person])]
        if not any(one.changed for one in before):
            return before
        with self.app.begin() as work:
            subject = subjects.register(work, self.app.vault, [who])
            opened = open_request(
                work,
                self.app.vault,
                version,
                subject,
                Kind.ERASURE,
                language=version.policy.languages[0],
                channel=CHANNEL,
                jobs=self.app.jobs,
            )
        return self._done(opened.id)

    def _done(self, request_id: str) -> Sequence[Erased]:
        app = self.app
        done = fulfil.run(app.begin, app.vault, app.stores, request_id, two_pairs=app.settings.two_pairs)
        if done.state is State.HELD:
            raise HeldError
        if done.state is not State.FULFILLED:
            raise PendingError
        with self.app.begin() as work:
            return [line for store in progress(work, request_id).values() for line in store.erased or ()]
