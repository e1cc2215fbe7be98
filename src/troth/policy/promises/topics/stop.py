"""What happens when the service ends."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Teller, alternatives, period, plain, words
from troth.policy.promises.words import CHANNELS, ENDS


def find(teller: Teller) -> Iterator[Derived]:
    """Collection ends, people are told, data goes."""
    stop, control = teller.policy.stop, "operation-ends"
    if stop is None:
        return
    if stop.collection is not None:
        yield teller.promise(
            "stop.collection", control,
            "停止运营时：{text}。", "When the service ends: {text}.", text=plain(stop.collection),
        )  # fmt: skip
    if stop.tell:
        yield teller.promise(
            "stop.tell", control,
            "停止运营的告知方式：{channels}。", "That the service ends you are told {channels}.",
            channels=words(CHANNELS, stop.tell),
        )  # fmt: skip
    if stop.then:
        yield teller.promise(
            "stop.then", control,
            "停止运营后，信息将{then}。", "When the service has ended, data is {then}.",
            then=alternatives(ENDS, stop.then),
        )  # fmt: skip
    if stop.within is not None:
        yield teller.promise(
            "stop.within", control,
            "停止运营后{period}内完成。", "This is done within {period} of the end.", period=period(stop.within),
        )  # fmt: skip
    if stop.vaguely is not None:
        yield teller.promise(
            "stop.vaguely", control,
            "停止运营后处理信息的时间：{text}。", "When this is done after the end: {text}.", text=plain(stop.vaguely),
        )  # fmt: skip
