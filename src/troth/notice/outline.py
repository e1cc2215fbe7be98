"""A policy as a document: which sections there are, in which order, and how they are numbered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from troth.base.text import said
from troth.notice.finish import Finish
from troth.notice.model import Outline, Section
from troth.notice.numbers import numeral
from troth.notice.sections import (
    about,
    audiences,
    closing,
    collection,
    keeping,
    lists,
    protection,
    rights,
    sharing,
    technology,
)
from troth.notice.sentence import begun, block_begun
from troth.notice.speech import speech
from troth.notice.writer import Writer
from troth.policy.model import Policy


def outline(policy: Policy, language: str, *, version: str, published: date | None = None) -> Outline:
    """The document in `language`: what the policy does not speak of has no section.

    `version` is shown as it is; `published` is the day on which this version was published. Raises InputError
    `notice.no-language`.
    """
    writer = Writer(policy, speech(language))
    return _finished(writer, _written(writer, version, published))


def _written(writer: Writer, version: str, published: date | None) -> Outline:
    policy, language = writer.policy, writer.speech.language
    return Outline(
        title=said(policy.title, language),
        language=language,
        about=tuple(about.dates(writer, version, published)),
        lead=tuple(block_begun(one) for one in about.lead(writer)),
        sections=(
            *_spoken([about.preamble(writer)]),
            *_numbered(_spoken(_main(writer)), language),
            *_spoken([lists.collected(writer), lists.shared(writer)]),
            *_spoken(audiences.audiences(writer, _annex)),
        ),
    )


def _finished(writer: Writer, document: Outline) -> Outline:
    """The document with links that lead somewhere, and a mark on each clause that one language alone has."""
    there = frozenset(document.anchors())
    marks = {
        path: writer.speech.say("languages.mark", language=writer.speech.tongue(code))
        for code, paths in writer.policy.only_in.items()
        for path in paths
        if path in there
    }
    finish = Finish(lambda clause: clause if clause in there else anchor_of(document, clause), marks)
    return replace(document, sections=tuple(finish.section(one) for one in document.sections))


def _main(writer: Writer) -> tuple[Section, ...]:
    """The sections that are numbered."""
    return (
        collection.collection(writer),
        technology.technology(writer),
        sharing.sharing(writer),
        protection.protection(writer),
        rights.rights(writer),
        keeping.minors(writer),
        keeping.storage(writer),
        closing.changes(writer),
        closing.others(writer),
        closing.disputes(writer),
        closing.contact(writer),
    )


def _annex(part: Writer) -> tuple[Section, ...]:
    """What a rule set says itself, and the lists that follow from it."""
    return (about.preamble(part), *_main(part), lists.collected(part), lists.shared(part))


def anchor_of(document: Outline, clause: str) -> str | None:
    """Where the document says `clause`: its own anchor, the nearest one above it, or the first one below it."""
    anchors = document.anchors()
    path = clause
    while path:
        if path in anchors:
            return path
        path = path.rpartition(".")[0]
    return next((one for one in anchors if one.startswith(f"{clause}.")), None)


def _spoken(sections: Iterable[Section]) -> Iterator[Section]:
    """The sections in which something stands, without empty ones inside, each line with its capital."""
    for section in sections:
        if not section.empty:
            yield replace(begun(section), sections=tuple(_spoken(section.sections)))


def _numbered(sections: Iterable[Section], language: str, above: tuple[int, ...] = ()) -> Iterator[Section]:
    for n, section in enumerate(sections, start=1):
        path = (*above, n)
        inner = tuple(_numbered(section.sections, language, path))
        yield replace(section, number=numeral(path, language), sections=inner)
