"""Global Privacy Control: one bit with one meaning, heard from the known person and from the browser alike.

A browser that nobody has signed in with is a person of its own to the ledger, found by the kind of identifier
`browser`. When somebody signs in with it, the two are joined: what either said no to holds for both from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from troth.base.errors import InputError
from troth.base.text import said
from troth.base.work import Work
from troth.consent.acts.acting import asking_version, person_at
from troth.consent.ledger import Choice, record
from troth.consent.model import Event, Kind, Standing
from troth.consent.optouts.opting import opt_out
from troth.consent.optouts.optout import OPT_OUTS, SIGNALLED, opt_out_matter, opt_out_of
from troth.consent.rules import How, Person, opting_out, refusing, withdrawing
from troth.journal.lock import one_writer
from troth.subjects.identifier import identifier
from troth.subjects.service import register
from troth.subjects.vault import Vault
from troth.versions.model import Version

INTERFACE = "sec-gpc"
JOINED = "sign-in"
"""The interface of a no that came along when a browser's profile was joined to a known person, or the other way."""

_SHOWN: Mapping[str, str] = {
    "zh": "已按您浏览器的隐私信号处理退出请求：{matters}。",
    "en": "Opt-out request honoured, as your browser's privacy signal asks: {matters}.",
}
_BETWEEN: Mapping[str, str] = {"zh": "、", "en": ", "}


@dataclass(frozen=True)
class Honoured:
    """What a signal did: all that it says no to, and the events it took. None means that it had been heard before."""

    matters: tuple[str, ...]
    events: tuple[Event, ...]


def gpc(values: Iterable[str]) -> bool:
    """Whether the values of the `Sec-GPC` header ask for it: one of them is exactly `1`; anything else says nothing."""
    return any(value == "1" for value in values)


def profile(work: Work, vault: Vault, browser: str) -> str:
    """The subject that stands for a browser, by the random id that its cookie holds. Raises as `register` does."""
    return register(work, vault, [identifier("browser", browser)])


def honour(
    work: Work,
    vault: Vault,
    version: Version,
    *,
    subject: str | None = None,
    profile: str | None = None,
    language: str,
) -> Honoured:
    """Opt the known person out, and the browser's profile, of all that the signal says no to.

    What they are opted out of already stays as it is and writes nothing: a browser sends the signal with every page.

    Raises InputError `consent.nobody` for neither; `subjects.unknown`, `consent.unknown-language`; RefusedError
    `subjects.shredded`.
    """
    people = [one for one in dict.fromkeys((subject, profile)) if one is not None]
    if not people:
        raise InputError("consent.nobody", "a signal is somebody's", hint="name the person, or the browser's profile")
    one_writer(work)
    events = []
    for one in people:
        standings = person_at(work, one, work.at).standings
        for name in SIGNALLED:
            if not _is_out(standings.get(opt_out_matter(name))):
                event = opt_out(work, vault, version, one, name, language=language, interface=INTERFACE)
                events.append(event)
    return Honoured(SIGNALLED, tuple(events))


def shown(honoured: Honoured, language: str) -> str:
    """What is shown back to the person, in zh or en."""
    matters = said(_BETWEEN, language).join(said(OPT_OUTS[name], language) for name in honoured.matters)
    return said(_SHOWN, language).format(matters=matters)


def join(work: Work, vault: Vault, version: Version, profile: str, subject: str, *, language: str) -> tuple[Event, ...]:
    """Join a browser's profile to the person who signed in with it: the stricter choice of each matter holds for both.

    A no of one becomes a no of the other; a yes of one is never made a yes of the other. Doing it again writes
    nothing. Raises as `honour` does.
    """
    one_writer(work)
    people = person_at(work, profile, work.at), person_at(work, subject, work.at)
    if profile == subject:
        return ()
    events: list[Event] = []
    for known, other in (people, people[::-1]):
        for matter, standing in sorted(other.standings.items()):
            if standing.no is not None:
                asking = asking_version(work, version, known if matter in known.standings else other, matter)
                choice = _echoed(asking, known, matter, How(work.at, language, JOINED))
                events += [] if choice is None else [record(work, vault, asking, choice)]
    return tuple(events)


def _echoed(version: Version, person: Person, matter: str, how: How) -> Choice | None:
    """A no about `matter` as this person's own; None where they have said it themselves."""
    standing, opted = person.standings.get(matter), opt_out_of(matter)
    if standing is not None and standing.no is not None:
        return None
    if opted is not None:
        return opting_out(version, person, opted, how)
    if person.valid(matter, how.at):
        return withdrawing(version, person, matter, how)
    return refusing(version, person, matter, how)


def _is_out(standing: Standing | None) -> bool:
    return standing is not None and standing.no is not None and standing.no.kind is Kind.OPTED_OUT
