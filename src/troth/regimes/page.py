"""The reference page of all figures, written from the data, so that it cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterator

from troth.regimes.load import figures, regime, regimes
from troth.regimes.model import Figure

_HEAD = """\
# Figures of law

Written from `src/troth/regimes/data` by `troth.regimes.page.page`: change the data, then write this file again.
A policy references a figure by name (`within: regime`); the number itself is never typed twice.

*Confidence* says what the figure was read in: `primary` is the law's own text, `copy` its text in a third party's
copy, `secondary` a report about it, `memory` nothing yet: check it before you rely on it. This is engineering input
and no legal advice.
"""

_COLUMNS = ("name", "figure", "meaning", "含义", "source", "counting", "confidence", "verified on", "note")

_BOUNDS = {"most": "≤", "least": "≥", "below": "<", "above": ">", "exactly": "="}


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([_HEAD, *(_section(name) for name in regimes())])


def _section(name: str) -> str:
    about = regime(name)
    rows = [_COLUMNS, tuple("---" for _ in _COLUMNS), *(tuple(_cells(one)) for one in figures(name))]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    rights = ", ".join(f"`{right}` ({provision})" for right, provision in about.rights.items())
    about_days = f"Days are those of {about.zone.key}."
    heard = f"Complaints: [{about.authority.name['en']}]({about.authority.link})."
    head = f"## `{name}`: {about.title['en']} {about.title['zh']}"
    return f"{head}\n\n{about_days}\n\nRights: {rights}. {heard}\n\n{table}\n"


def _cells(one: Figure) -> Iterator[str]:
    yield f"`{one.name}`"
    yield f"{_BOUNDS[one.bound]} {_amount(one)}"
    yield one.means["en"]
    yield one.means["zh"]
    yield one.source
    yield _counting(one)
    yield one.confidence
    yield str(one.verified_on or "")
    yield _note(one)


def _amount(one: Figure) -> str:
    if one.is_period:
        return str(one.period)
    return f"{one.amount:,} {one.unit.replace('_', ' ')}"


def _counting(one: Figure) -> str:
    """How a length of time is counted; nothing for what is no time."""
    if not one.is_period:
        return ""
    parts = [f"from {one.starts.replace('_', ' ')}"] if one.starts else []
    if one.roll != "none":
        parts.append(f"rolls to the {one.roll.replace('_', ' ')} (`{one.calendar}`)")
    if one.pausable:
        parts.append(f"pauses for {' or '.join(one.pausable)}")
    if one.extension:
        parts.append(f"may be extended: `{one.extension}`")
    return "; ".join(parts)


def _note(one: Figure) -> str:
    parts = ["proposed, not in force" if one.status == "proposed" else ""]
    parts.append(f"from {one.in_force}" if one.in_force else "")
    return "; ".join(part for part in (*parts, one.note) if part)
