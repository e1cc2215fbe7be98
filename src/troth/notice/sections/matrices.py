"""Matrices: which categories serve which purposes and go to whom; and the signals of browsers."""

from __future__ import annotations

from collections.abc import Iterator

from troth.notice.model import Block, Fact, Facts, Paragraph, Row, Section, Table, plain, told
from troth.notice.writer import Writer, by_id, some
from troth.policy.model import ACTIONS, Matrix


def matrices(writer: Writer) -> Section:
    """One section a matrix."""
    parts = tuple(_matrix(writer, one) for _, one in by_id(writer.policy.matrices))
    return Section("matrices", writer.speech.plain("matrices.heading"), (), parts)


def _matrix(writer: Writer, one: Matrix) -> Section:
    heading = plain(writer.speech.text(one.label))
    return Section(f"matrices.{one.id}", heading, (*_about(writer, one), *_tables(writer, one)))


def _about(writer: Writer, one: Matrix) -> Iterator[Block]:
    speech, at = writer.speech, f"matrices.{one.id}"
    actions = speech.alternatives("action", sorted(one.actions, key=ACTIONS.index))
    if one.over:
        yield Paragraph(speech.say("matrices.past", actions=actions, period=speech.period(one.over)), f"{at}.over")
    else:
        yield Paragraph(speech.say("matrices.may", actions=actions), f"{at}.actions")
        yield Paragraph(speech.say("line.basis", basis=writer.basis(one.basis, one.grade)), f"{at}.basis")
    if one.items:
        yield Paragraph(speech.say("line.items", items=writer.items(one.items)), f"{at}.items")
    for line in some(one.since, speech):
        yield Paragraph(line, f"{at}.since")
    yield from writer.each(f"{at}.limits", one.limits)


def _tables(writer: Writer, one: Matrix) -> Iterator[Block]:
    speech, at, label = writer.speech, f"matrices.{one.id}", plain(writer.speech.text(one.label))
    if one.purposes:
        rows = tuple(
            Row((told(writer.purposes([name])), told(writer.items(items))), f"{at}.for.{name}")
            for name, items in by_id(one.purposes)
        )
        yield Table(label, (speech.plain("purpose"), speech.plain("list.item")), rows)
    if one.to:
        rows = tuple(
            Row((told(writer.item(name)), told(writer.recipients(to))), f"{at}.to.{name}") for name, to in by_id(one.to)
        )
        yield Table(label, (speech.plain("list.item"), speech.plain("list.recipient")), rows)


def signals(writer: Writer) -> Section:
    """Which signals of a browser are honoured."""
    speech = writer.speech
    entries = tuple(
        Fact(
            speech.text(one.label),
            told(
                speech.say("signals.honoured" if one.honoured else "signals.ignored"),
                *([speech.say("signals.refuses", purposes=writer.purposes(one.refuses))] if one.refuses else ()),
                *some(one.effect, speech),
            ),
            f"signals.{name}",
        )
        for name, one in by_id(writer.policy.signals)
    )
    return Section("signals", speech.plain("signals.heading"), (Facts(entries),) if entries else ())
