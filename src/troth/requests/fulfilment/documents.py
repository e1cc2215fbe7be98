"""The answers that are written from the policy and from records, each as the archive that the person fetches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import nullcontext
from datetime import datetime

from troth.base.work import Work
from troth.requests import texts
from troth.requests.deadline import zone
from troth.requests.deciding import explaining, partial
from troth.requests.fulfilment import archive, disclosures, knowing, old_policy, package
from troth.requests.fulfilment.own import own_tables
from troth.requests.fulfilment.packing import Sink
from troth.requests.fulfilment.reports import Report
from troth.requests.kinds import Kind
from troth.requests.model import Request
from troth.stores.model import Lines
from troth.subjects.vault import Vault
from troth.versions.model import Version

_PIECES = "pieces"
"""What a policy lists among the contents of its right to know where the specific pieces are part of the answer."""


Writer = Callable[[Sink, Mapping[str, Iterable[Lines]]], int | None]
"""Writes an archive of what stores hold, outside of any transaction; gives how many of their rows were read, if any."""


def answer(work: Work, vault: Vault, version: Version, request: Request) -> Writer:
    """What writes the archive for a request; all that it needs of Troth's own database is read here."""
    return _BY_KIND.get(request.kind, _copy)(work, vault, version, request)


def _copy(work: Work, vault: Vault, version: Version, request: Request) -> Writer:
    own = own_tables(work, vault, request.subject, request.language)
    left = partial.of(work, version, request.id)
    return lambda sink, found: archive.write(sink, version, request, found, own=own, left_out=left, made_at=work.at)


def _know(work: Work, vault: Vault, version: Version, request: Request) -> Writer:
    """What is known by category; with the pieces themselves, where the policy's right to know includes them."""
    policy = version.policy
    own = own_tables(work, vault, request.subject, request.language)
    every = disclosures.all_of(work, vault, policy, request.subject, disclosures.since(policy, request.kind, work.at))
    right = policy.rights.get(request.kind)

    def report(found: Mapping[str, Collection[str]]) -> Report:
        held = knowing.held_items(version, found)
        passed = tuple(disclosures.held_only(every, held))
        return knowing.know(policy, request.language, held, passed, where=zone(policy))

    def beside(found: Mapping[str, Collection[str]]) -> Mapping[str, bytes]:
        page, files = archive.report_files(version, request, report(found), work.at)
        return {"categories.html": page, **files}

    def by_category(sink: Sink, found: Mapping[str, Iterable[Lines]]) -> int:
        numbers = {name: _counted(lines) for name, lines in found.items()}
        archive.write_report(sink, version, request, report(numbers), made_at=work.at)
        return sum(number for one in numbers.values() for number in one.values())

    if right is None or _PIECES not in right.contents:
        return by_category
    left = partial.of(work, version, request.id)
    return lambda sink, found: archive.write(
        sink, version, request, found, own=own, left_out=left, made_at=work.at, beside=beside
    )


def _counted(lines: Iterable[Lines]) -> Counter[str]:
    """How many rows each dataset has."""
    counted = Counter[str]()
    for block in lines:
        counted[block.dataset] += block.number
    return counted


def explain(work: Work, vault: Vault, version: Version, request: Request) -> None:
    """Put beside the explanation of a decision what was recorded of the decisions about the person."""
    found = explaining.explained(work, vault, request.subject, request.language)
    report = explaining.report(version.policy, found, request.language, zone(version.policy))
    draft = package.Draft(lambda: nullcontext(work), vault, request)
    archive.write_report(draft, version, request, report, made_at=work.at)
    draft.close()
    package.put(work, request, draft, found=None)


def _disclosures(work: Work, vault: Vault, version: Version, request: Request) -> Writer:
    policy = version.policy
    back = disclosures.since(policy, request.kind, work.at)
    passed = disclosures.all_of(work, vault, policy, request.subject, back)
    report = knowing.disclosures(policy, request.language, passed, at=work.at, where=zone(policy))
    return _reporting(version, request, report, work.at, {})


def _policy(work: Work, vault: Vault, version: Version, request: Request) -> Writer:
    wanted = old_policy.chosen(work, version.name, texts.asked(work, vault, request).matters)
    where = zone(version.policy)
    report = old_policy.report(wanted, request.language, where)
    return _reporting(version, request, report, work.at, old_policy.documents(wanted, where))


def _reporting(version: Version, request: Request, report: Report, at: datetime, beside: Mapping[str, bytes]) -> Writer:
    def write(sink: Sink, _found: Mapping[str, Iterable[Lines]]) -> None:
        archive.write_report(sink, version, request, report, made_at=at, beside=beside)

    return write


_BY_KIND: Mapping[Kind, Callable[[Work, Vault, Version, Request], Writer]] = {
    Kind.KNOW: _know,
    Kind.DISCLOSURES: _disclosures,
    Kind.POLICY: _policy,
}
"""What is written for these kinds; every other one that is answered by an archive is a copy."""
