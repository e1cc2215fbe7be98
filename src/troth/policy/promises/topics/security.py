"""What protects the data, and what shows it."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.model import Measure
from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Teller, period, plain


def find(teller: Teller) -> Iterator[Derived]:
    """Measures, reports and liability. Warnings and what people are asked to do promise nothing."""
    security = teller.policy.security
    for name, measure in sorted(security.measures.items()):
        clause, control = f"security.measures.{name}", _control(measure)
        if measure.every is not None:
            yield teller.promise(
                clause, control,
                "每{period}一次：{label}。", "Every {period}: {label}.",
                label=plain(measure.label), period=period(measure.every),
            )  # fmt: skip
        else:
            yield teller.own(clause, control, measure.label)
    for name, report in sorted(security.reports.items()):
        if report.every is not None:
            yield teller.promise(
                f"security.reports.{name}", "evidence-kept",
                "每{period}公布一次{label}。", "Every {period} this is published: {label}.",
                label=plain(report.label), period=period(report.every),
            )  # fmt: skip
        else:
            yield teller.promise(
                f"security.reports.{name}", "evidence-kept",
                "公布{label}。", "This is published: {label}.", label=plain(report.label),
            )  # fmt: skip
    if security.liability is not None:
        yield teller.own("security.liability", "evidence-kept", security.liability)


def _control(measure: Measure) -> str:
    if measure.kind == "access-control":
        return "access-limited"
    if measure.kind == "encryption":
        return "encrypted-in-transit" if measure.protects == "transit" else "sealed-at-rest"
    return "evidence-kept"
