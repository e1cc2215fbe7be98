"""What a person may ask for, how, how soon it is answered, and what happens when the service ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from troth.notice.model import Block, Bullets, Fact, Facts, Line, Paragraph, Section, Span, plain
from troth.notice.sections.exceptions import exemptions, fairness, verification
from troth.notice.sections.lines import closed
from troth.notice.writer import Writer, by_id, ordered_ends, some
from troth.policy.model import Fee, Ground, Right, RightName, Stop

_ORDER: tuple[str, ...] = get_args(RightName)


def rights(writer: Writer) -> Section:
    """Each right, then what holds for every request."""
    policy, speech = writer.policy, writer.speech
    stated = sorted(policy.rights.values(), key=lambda one: _ORDER.index(one.id))
    parts = (
        *(_right(writer, one) for one in stated),
        Section("requests", speech.plain("requests.heading"), tuple(_requests(writer))),
        fairness(writer),
        exemptions(writer),
        Section("stop", speech.plain("stop.heading"), tuple(_stop(writer))),
    )
    return Section("rights", speech.plain("rights.heading"), (), parts)


def _right(writer: Writer, right: Right) -> Section:
    facts = tuple(_of_right(writer, right))
    heading = plain(writer.speech.text(right.label))
    return Section(f"rights.{right.id}", heading, (Facts(facts),) if facts else (Paragraph((Span(heading),)),))


def _of_right(writer: Writer, right: Right) -> Iterator[Fact]:
    at, speech = f"rights.{right.id}", writer.speech
    how = [writer.channels(right.by, email=right.email)] if right.by else []
    if right.by_yourself:
        how.append(speech.say("rights.by-yourself"))
    yield from writer.fact("rights.how", [*how, *some(right.path, speech)], f"{at}.by")
    if right.who != ("self",):
        yield from writer.fact("rights.who", [speech.words("who", right.who)], f"{at}.who")
    yield from _times(writer, right)
    yield from writer.fact("rights.items", [writer.items(right.items)] if right.items else (), f"{at}.items")
    yield from writer.fact("rights.locked", [writer.items(right.locked)] if right.locked else (), f"{at}.locked")
    yield from writer.fact("rights.after", [writer.facts_of(right.after)] if right.after else (), f"{at}.after")
    yield from writer.fact("rights.cases", writer.each(f"{at}.cases", right.cases), f"{at}.cases")
    if right.tell_recipients:
        yield from writer.fact("rights.recipients", [speech.say("rights.told")], f"{at}.tell_recipients")
    yield from writer.fact("rights.backups", some(right.backups, speech), f"{at}.backups")
    yield from writer.fact("rights.effects", writer.each(f"{at}.effects", right.effects), f"{at}.effects")
    yield from _answers(writer, right)


def _answers(writer: Writer, right: Right) -> Iterator[Fact]:
    """What the answer holds and how it comes, and when this right alone may be refused."""
    at, speech = f"rights.{right.id}", writer.speech
    if right.account_needed is not None:
        key = "rights.account-needed" if right.account_needed else "rights.account-not-needed"
        yield from writer.fact("rights.account", [speech.say(key)], f"{at}.account_needed")
    yield from writer.fact("rights.contents", writer.each(f"{at}.contents", right.contents), f"{at}.contents")
    yield from writer.fact("rights.withheld", writer.each(f"{at}.withheld", right.withheld), f"{at}.withheld")
    yield from writer.fact("rights.delivery", writer.each(f"{at}.delivery", right.delivery), f"{at}.delivery")
    grounds = tuple(Paragraph(_ground(writer, one), f"{at}.refuse.{name}") for name, one in by_id(right.refuse))
    yield from writer.fact("rights.refuse", grounds, f"{at}.refuse")


def _times(writer: Writer, right: Right) -> Iterator[Fact]:
    """Every length of time that runs on a right."""
    at, speech = f"rights.{right.id}", writer.speech
    if right.acknowledge:
        said = speech.say("rights.acknowledged", period=speech.period(right.acknowledge))
        yield from writer.fact("rights.acknowledge", [said], f"{at}.acknowledge")
    yield from writer.fact(
        "rights.within", writer.deadline(right.within, right.counts_from, right.vaguely), f"{at}.within"
    )
    if right.extension:
        said = speech.say("rights.extended", period=speech.period(right.extension))
        yield from writer.fact("rights.extension", [said], f"{at}.extension")
    if right.cooling_off:
        said = speech.say("rights.cooled", period=speech.period(right.cooling_off))
        yield from writer.fact("rights.cooling-off", [said], f"{at}.cooling_off")
    if right.lookback:
        said = speech.say("rights.reaches", period=speech.period(right.lookback))
        yield from writer.fact("rights.lookback", [said], f"{at}.lookback")
    if right.asked_again:
        said = speech.say("rights.waits", period=speech.period(right.asked_again))
        yield from writer.fact("rights.asked-again", [said], f"{at}.asked_again")
    if right.frequency:
        times, per = str(right.frequency.times), speech.period(right.frequency.per)
        by_year = right.frequency.counted == "calendar-year"
        said = speech.say("rights.times-a-year" if by_year else "rights.times", times=times, period=per)
        yield from writer.fact("rights.frequency", [said], f"{at}.frequency")


def _requests(writer: Writer) -> Iterator[Block]:
    requests, speech = writer.policy.requests, writer.speech
    for line in writer.deadline(requests.within, requests.counts_from, None):
        yield Paragraph(speech.say("requests.within", within=line), "requests.within")
    for line in some(requests.vaguely, speech):
        yield Paragraph(line, "requests.vaguely")
    yield from writer.introduced("requests.needs", "requests.needs", requests.needs)
    yield from writer.introduced("requests.proof", "requests.proof", requests.proof)
    yield from verification(writer)
    if requests.fee:
        yield Paragraph(_fee(writer, requests.fee), "requests.fee")
        for line in some(requests.fee.tariff, speech):
            yield Paragraph(line, "requests.fee.tariff")
        for line in some(requests.fee.told, speech):
            yield Paragraph(line, "requests.fee.told")
    grounds = [one for _, one in by_id(requests.refuse)]
    yield from _grounds(writer, "requests.must-refuse", [one for one in grounds if not one.discretionary])
    yield from _grounds(writer, "requests.may-refuse", [one for one in grounds if one.discretionary])
    yield from closed(writer, "refuse")
    for line in some(requests.appeal, speech):
        yield Paragraph(line, "requests.appeal")


def _fee(writer: Writer, fee: Fee) -> Line:
    """What the policy itself says of fees, else what its marks mean."""
    speech = writer.speech
    marks = (speech.say(f"fee.{fee.first}"), speech.say(f"fee-repeated.{fee.repeated}"))
    return speech.text(fee.label) if fee.label else speech.sentences(marks)


def _grounds(writer: Writer, key: str, grounds: list[Ground]) -> Iterator[Block]:
    if grounds:
        yield Paragraph(writer.speech.say(key))
        yield Bullets(tuple(Paragraph(_ground(writer, one), f"requests.refuse.{one.id}") for one in grounds))


def _ground(writer: Writer, ground: Ground) -> Line:
    line = writer.speech.text(ground.label)
    for limit in writer.each("limits", ground.limits):
        line = writer.speech.say("consent_free.limit", case=line, limit=limit.line)
    return writer.speech.say("requests.evidence", ground=line) if ground.needs_evidence else line


def _stop(writer: Writer) -> Iterator[Block]:
    if writer.policy.stop:
        yield Facts(tuple(_ending(writer, writer.policy.stop)))


def _ending(writer: Writer, stop: Stop) -> Iterator[Fact]:
    speech = writer.speech
    told = [speech.words("channel", stop.tell)] if stop.tell else []
    then = [speech.say("stop.then", then=speech.alternatives("then", ordered_ends(stop.then)))] if stop.then else []
    yield from writer.fact("stop.collection", some(stop.collection, speech), "stop.collection")
    yield from writer.fact("told", told, "stop.tell")
    yield from writer.fact("stop.information", then, "stop.then")
    yield from writer.fact("when", writer.deadline(stop.within, "receipt", stop.vaguely, of="stop"), "stop.within")
