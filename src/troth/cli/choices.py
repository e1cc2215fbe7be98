"""Carries out what `troth consent` was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from troth.app.application import Application
from troth.base.work import Work
from troth.cli.session import opened
from troth.cli.session import subject as find_subject
from troth.consent import service
from troth.consent.actor import Actor
from troth.consent.asking.waits import Asking
from troth.consent.matter import find_matter
from troth.consent.model import Event
from troth.consent.optouts.optout import OPT_OUTS, opt_out_matter
from troth.versions.model import Version
from troth.versions.service import current


@dataclass(frozen=True)
class Chooser:
    """Who chooses, about which policy, and how: what every choice on the command line has in common."""

    subject: str
    policy: str | None
    language: str
    interface: str
    actor: Actor

    @property
    def how(self) -> Mapping[str, Any]:
        """The arguments that every act takes."""
        return {"language": self.language, "interface": self.interface, "actor": self.actor}


def record_acceptance(chooser: Chooser) -> str:
    """Accept the current version and the terms; gives the version's id."""
    app = opened()
    with app.begin() as work:
        version = current(work, chooser.policy)
        found = find_subject(app, work, chooser.subject)
        service.accept(work, app.vault, version, found, **chooser.how)
    return version.id


def record_consent(chooser: Chooser, function: str, grade: str | None) -> Event:
    """Give; the grade is the one that is asked for unless another is named."""
    with _bound(chooser) as (app, work, version, found):
        asked = grade or find_matter(version.policy, function).grade
        return service.give(work, app.vault, version, found, function, grade=asked, **chooser.how)


def record_refusal(chooser: Chooser, function: str) -> Event:
    """Refuse."""
    with _bound(chooser) as (app, work, version, found):
        return service.refuse(work, app.vault, version, found, function, **chooser.how)


def record_withdrawal(chooser: Chooser, function: str) -> Event:
    """Withdraw."""
    with _bound(chooser) as (app, work, version, found):
        return service.withdraw(work, app.vault, version, found, function, **chooser.how)


def record_opt_out(chooser: Chooser, matter: str) -> Event:
    """Opt out."""
    with _bound(chooser) as (app, work, version, found):
        return service.opt_out(work, app.vault, version, found, matter, **chooser.how)


def record_opt_in(chooser: Chooser, matter: str) -> Event:
    """Opt in."""
    with _bound(chooser) as (app, work, version, found):
        return service.opt_in(work, app.vault, version, found, matter, **chooser.how)


def may_be_asked(subject: str, matter: str, policy: str | None) -> Asking:
    """Whether a person may be asked about a function or an opt-out now."""
    app = opened()
    with app.begin() as work:
        found = find_subject(app, work, subject)
        version = service.in_force_for(work, current(work, policy), found)
        return service.may_ask(work, version, found, opt_out_matter(matter) if matter in OPT_OUTS else matter)


def standings(subject: str) -> list[dict[str, Any]]:
    """Where each choice stands, by function."""
    app = opened()
    with app.begin() as work:
        found = service.state(work, find_subject(app, work, subject))
    return [
        {
            "function": function,
            "status": standing.status,
            "grade": standing.grade,
            "at": standing.at,
            "until": standing.until,
            "event": standing.event,
        }
        for function, standing in sorted(found.items())
    ]


def events(subject: str) -> list[dict[str, Any]]:
    """All choices, oldest first."""
    app = opened()
    with app.begin() as work:
        return [asdict(event) for event in service.history(work, find_subject(app, work, subject))]


@contextmanager
def _bound(chooser: Chooser) -> Iterator[tuple[Application, Work, Version, str]]:
    """The application, a unit of work, the version that binds the person, and the person."""
    app = opened()
    with app.begin() as work:
        found = find_subject(app, work, chooser.subject)
        yield app, work, service.binding_version(work, current(work, chooser.policy), found), found
