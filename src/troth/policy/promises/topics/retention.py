"""How long data is kept, and what happens then."""

from __future__ import annotations

from collections.abc import Iterator

from troth.base.period import Period
from troth.policy.model import Retention
from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Part, Teller, alternatives, pair, period, plain, plains
from troth.policy.promises.words import ENDS


def find(teller: Teller) -> Iterator[Derived]:
    """Each rule, and its exceptions."""
    for name, rule in sorted(teller.policy.retention.items()):
        yield teller.promise(
            f"retention.{name}", "erased-in-time",
            "{items}的保存期限：{time}，之后{then}。", "{items}: kept {time}, then {then}.",
            items=teller.items(rule.items), time=_time(rule), then=alternatives(ENDS, rule.then),
        )  # fmt: skip
        if rule.exceptions:
            yield teller.promise(
                f"retention.{name}.exceptions", "hold-respected",
                "{items}的保存期限有例外：{texts}。", "{items}: kept longer in these cases: {texts}.",
                items=teller.items(rule.items), texts=plains(rule.exceptions),
            )  # fmt: skip


def _time(rule: Retention) -> Part:
    until = plain(rule.until) if rule.until is not None else None
    if isinstance(rule.period, Period):
        kept = period(rule.period)
        if until is None:
            return lambda language: f"不超过{kept(language)}" if language == "zh" else f"for {kept(language)} at most"
        return lambda language: (
            f"不超过{kept(language)}（{until(language)}）"
            if language == "zh"
            else f"for {kept(language)} at most ({until(language)})"
        )
    if until is None:
        return pair(("未写明", "for a time that is not stated"))
    return lambda language: until(language) if language == "zh" else f"this long: {until(language)}"
