"""`troth promises`: what a policy has promised, in plain sentences, and how each promise stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from troth.app.drills.folder import read_folder
from troth.app.drills.practice import has_promises, read_promises
from troth.app.settings import read_settings
from troth.base.text import Text, said
from troth.cli.session import opened
from troth.drill.controls import CONTROLS
from troth.drill.model import KINDS, STATES, Kind, Promise, State
from troth.drill.service import latest
from troth.policy.model import Policy
from troth.policy.promises import promises as derived

_KINDS_OF: Mapping[str, Kind] = {
    "notice-says": "content",
    "sections-present": "content",
    "evidence-kept": "evidence",
}

_NOT_BUILT: Text = {"zh": "（尚未实现）", "en": "(not built yet)"}
_NO_CONTROL: Text = {"zh": "无控制措施", "en": "no control"}

Standing = tuple[Promise, State]
"""A promise, and what the latest drill of exactly this policy saw; unproven where there was none."""


def standings(folder: Path) -> list[Standing]:
    """The promises that the folder ties to controls; of any other policy, those that its clauses make by themselves."""
    policy = read_folder(folder).policy
    listed = read_promises(folder, policy) if has_promises(folder) else _derived(policy)
    seen = _seen(policy)
    return [(promise, seen.get(promise.id, "unproven")) for promise in listed]


def lines(found: Sequence[Standing], language: str) -> list[str]:
    """One line a promise, one with its sentence, then the counts."""
    return [
        *(
            f"{promise.id}  {promise.kind}  {', '.join(promise.clauses)}  {_control(promise, language)}  {state}\n"
            f"    {said(promise.says, language)}"
            for promise, state in found
        ),
        _counted(found),
    ]


def built(promise: Promise) -> bool:
    """Whether the control of the promise can act it out; one that has none cannot."""
    return promise.control in CONTROLS and CONTROLS[promise.control].rehearse is not None


def _control(promise: Promise, language: str) -> str:
    if not promise.control:
        return said(_NO_CONTROL, language)
    return promise.control if built(promise) else f"{promise.control} {said(_NOT_BUILT, language)}"


def _counted(found: Sequence[Standing]) -> str:
    states, kinds = Counter(state for _, state in found), Counter(promise.kind for promise, _ in found)
    in_states = ", ".join(f"{states[state]} {state}" for state in STATES)
    waiting = sum(bool(promise.control) and not built(promise) for promise, _ in found)
    of_kinds = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS)
    return f"{len(found)} promises: {in_states}; {of_kinds}; {waiting} rest on a control that is not built yet"


def value(found: Sequence[Standing]) -> dict[str, Any]:
    """The same for a program."""
    return {
        "ok": True,
        "count": len(found),
        "promises": [
            {
                "id": promise.id,
                "topic": promise.topic,
                "kind": promise.kind,
                "clauses": list(promise.clauses),
                "control": promise.control or None,
                "built": built(promise),
                "state": state,
                "says": dict(promise.says),
                "parameters": dict(promise.parameters),
            }
            for promise, state in found
        ],
    }


def _derived(policy: Policy) -> tuple[Promise, ...]:
    return tuple(
        Promise(one.clause, one.topic, one.says, (one.clause,), one.control or "", {}, kind=_kind(one.control))
        for one in derived(policy)
    )


def _kind(control: str | None) -> Kind:
    """What it takes to show a promise that nobody sorted: its control says it."""
    return _KINDS_OF.get(control or "", "enforceable")


def _seen(policy: Policy) -> dict[str, State]:
    """What the own database knows of drills, if there is one; looking must not make one."""
    settings = read_settings()
    if not settings.database_url and not (settings.home / "troth.db").exists():
        return {}
    app = opened()
    with app.begin() as work:
        run = latest(work, policy.name)
    if run is None or run.version_hash != policy.hash:
        return {}
    return {result.promise.id: result.state for result in run.results}
