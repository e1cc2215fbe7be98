"""Earlier versions of the policy, as people read them when they were published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import tzinfo

from troth.base.errors import InputError
from troth.base.work import Work
from troth.notice.render import css, page
from troth.requests.fulfilment.report_words import REPORTS
from troth.requests.fulfilment.reports import Cell, Report, Section
from troth.versions.model import Version
from troth.versions.service import all_versions

FOLDER = "policy"


def chosen(work: Work, name: str, wanted: Collection[str]) -> tuple[Version, ...]:
    """The versions of a policy that are asked for by their ids; all of them where none is named.

    Raises InputError `requests.unknown-version`.
    """
    every = {one.id: one for one in all_versions(work, name)}
    for one in wanted:
        if one not in every:
            hint = f"use some of {', '.join(every)}"
            raise InputError("requests.unknown-version", f"the policy has no version `{one[:100]}`", hint=hint)
    return tuple(one for one in every.values() if not wanted or one.id in wanted)


def report(versions: Iterable[Version], language: str, where: tzinfo) -> Report:
    """Which versions are in the package, when they were published, and their hashes. Pure."""
    words = REPORTS[language]
    columns = tuple((name, words[name]) for name in ("version", "published", "hash", "files"))
    rows: tuple[Mapping[str, Cell], ...] = tuple(
        {
            "version": one.id,
            "published": f"{one.published_at.astimezone(where):%Y-%m-%d}",
            "hash": one.hash,
            "files": tuple(_path(one, spoken) for spoken in one.policy.languages),
        }
        for one in versions
    )
    section = Section("versions", words["versions"], "", columns, words["versions.none"], rows)
    return Report(words["policy"], words["policy.intro"], (section,))


def documents(versions: Iterable[Version], where: tzinfo) -> Mapping[str, bytes]:
    """Each version in each of its languages as a page, by path. Pure."""
    pages = {
        _path(one, spoken): page(
            one.policy,
            spoken,
            version=one.id,
            published=one.published_at.astimezone(where).date(),
            stylesheet="notice.css",
        ).encode()
        for one in versions
        for spoken in one.policy.languages
    }
    return {**pages, f"{FOLDER}/notice.css": css().encode()} if pages else {}


def _path(version: Version, language: str) -> str:
    return f"{FOLDER}/{version.number}.{language}.html"
