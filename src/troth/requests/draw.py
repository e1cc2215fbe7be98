"""Draws the state machine from its table, for the reference page. Pure."""

from __future__ import annotations

from troth.requests.machine import FINAL, START, TRANSITIONS, State

_PAGE = """# Requests

A request moves only through this table (`src/troth/requests/machine.py`). The drawing and the lists are made from it
by `troth.requests.draw.page()`; a test holds this page to it.

{drawing}
## States

{states}
## Moves

| from | event | to |
|---|---|---|
{moves}
Every path ends in a final state, and nothing leaves one. Each move is compare-and-set on the state that was seen, and
writes its line in the timeline and its entry in the journal in the same transaction.
"""

_MEANS = {
    State.RECEIVED: "recorded; no work has begun",
    State.IDENTIFYING: "waits until whoever asks has shown who they are, or that they may ask for somebody else",
    State.DOUBTED: "has begun; the rest waits until whoever asks has shown who they are after all",
    State.IN_REVIEW: "is with somebody who writes the answer, refuses it, prices it, or lets it be carried out",
    State.CLARIFYING: "waits for the person to say what exactly they mean",
    State.PRICED: "waits for the person to agree to what it will cost; who does not agree takes it back",
    State.DECIDING: "is done in part; the rest waits until somebody has decided about it",
    State.COOLING_OFF: "waits for the day on which it takes effect; the person may take it back until then",
    State.IN_PROGRESS: "is being worked on",
    State.HELD: "is open, but a legal hold forbids it for now; releasing the hold resumes it",
    State.BLOCKED: "is open, but something outside failed; it is tried again and goes on where it stopped",
    State.FULFILLED: "is done, with evidence",
    State.RECALLED: "was taken back by the person in time; nothing was done",
    State.REFUSED: "was ended on a ground of the policy, or by a rule that no later attempt can change",
    State.LAPSED: "was ended because the person did not show who they are, or did not answer, in the time given",
}


def mermaid() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {START.value}: open"]
    lines += [f"    {before.value} --> {after.value}: {event.value}" for (before, event), after in TRANSITIONS.items()]
    lines += [f"    {state.value} --> [*]" for state in State if state in FINAL]
    return "\n".join(lines) + "\n"


def page() -> str:
    """The whole reference page, in Markdown."""
    states = "".join(f"- `{state.value}` {_MEANS[state]}{' (final)' if state in FINAL else ''}\n" for state in State)
    moves = "".join(
        f"| `{before.value}` | {event.value} | `{after.value}` |\n" for (before, event), after in TRANSITIONS.items()
    )
    return _PAGE.format(drawing=f"```mermaid\n{mermaid()}```\n", states=states, moves=moves)
