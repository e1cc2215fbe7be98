"""What people are told when data was breached."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Teller, period, plain, plains, words
from troth.policy.promises.words import CHANNELS


def find(teller: Teller) -> Iterator[Derived]:
    """What is done, told, how, how soon, and reported."""
    incident = teller.policy.incident
    if incident is None:
        return
    for name, text in sorted(incident.acts.items()):
        yield teller.own(f"incident.acts.{name}", "evidence-kept", text)
    if incident.say:
        yield teller.promise(
            "incident.say", "incident-told",
            "发生安全事件时告知：{texts}。", "In an incident you are told: {texts}.", texts=plains(incident.say),
        )  # fmt: skip
    if incident.by:
        yield teller.promise(
            "incident.by", "incident-told",
            "安全事件的告知方式：{channels}。", "Of an incident you are told {channels}.",
            channels=words(CHANNELS, incident.by),
        )  # fmt: skip
    if incident.otherwise is not None:
        yield teller.promise(
            "incident.else", "incident-told",
            "不能逐一告知时：{text}。", "Where not everybody can be told: {text}.", text=plain(incident.otherwise),
        )  # fmt: skip
    if incident.within is not None:
        yield teller.promise(
            "incident.within", "incident-told",
            "安全事件在{period}内告知。",
            "Of an incident you are told within {period}.", period=period(incident.within),
        )  # fmt: skip
    if incident.vaguely is not None:
        yield teller.promise(
            "incident.vaguely", "incident-told",
            "安全事件告知的时间：{text}。", "When you are told of an incident: {text}.", text=plain(incident.vaguely),
        )  # fmt: skip
    if incident.report is not None:
        yield teller.own("incident.report", "incident-reported", incident.report)
