"""Controls over what is not promised and therefore not done."""

from __future__ import annotations

from troth.base.errors import InputError
from troth.consent.matter import matters
from troth.decision.engine import Question
from troth.drill.controls.model import Control
from troth.drill.model import BrokenError, Promise, expect
from troth.drill.person import agree, ask, ask_all, signed_up
from troth.drill.questions import question, undeclared_shares, undeclared_uses, undeclared_ways
from troth.drill.sandbox import Sandbox
from troth.journal.service import entries, size
from troth.policy.flows import flows

_STRANGER = "nobody-of-the-list"
_MOST_ASKED = 400  # of the undeclared combinations every n-th is asked, spread over all of them


def declared_purposes_only(_promise: Promise, sandbox: Sandbox) -> str:
    """A use that no clause declares is never allowed."""
    subject = signed_up(sandbox)
    all_undeclared = list(undeclared_uses(sandbox.policy))
    asked = all_undeclared[:: max(1, len(all_undeclared) // _MOST_ASKED)]
    expect(bool(asked), "every use is declared, nothing can be asked that is not")
    for one, answer in ask_all(sandbox, subject, asked):
        expect(
            answer.outcome == "gap", f"`{one.item}` for `{one.purpose}` is declared nowhere, and was {answer.outcome}"
        )
    return f"{len(asked)} of {len(all_undeclared)} undeclared uses were asked, none allowed"


def recipient_gets_its_list(promise: Promise, sandbox: Sandbox) -> str:
    """The recipient is declared with exactly `receives`, and nothing else may be shared with it."""
    recipient, listed = promise.given["recipient"], set(promise.given["receives"])
    policy = sandbox.policy
    declared = set(policy.recipients[recipient].receives)
    expect(declared == listed, f"`{recipient}` is declared with {sorted(declared)} instead of {sorted(listed)}")
    subject = signed_up(sandbox)
    asked = list(undeclared_shares(policy, recipient))
    for one, answer in ask_all(sandbox, subject, asked[:: max(1, len(asked) // _MOST_ASKED)]):
        expect(answer.outcome != "allowed", f"`{one.item}` could be shared with `{recipient}` for `{one.purpose}`")
    return (
        f"`{recipient}` may receive {len(listed)} items; of {len(asked)} other ways to share with it none was allowed"
    )


def no_other_recipient(promise: Promise, sandbox: Sandbox) -> str:
    """What no clause declares goes to no recipient by any of `actions`, whatever was agreed to; nor to a stranger."""
    policy, actions = sandbox.policy, promise.given["actions"]
    subject = signed_up(sandbox)
    for matter in matters(policy).values():
        agree(sandbox, subject, matter)
    undeclared = [one for action in actions for one in undeclared_ways(policy, action)]
    expect(bool(undeclared), "every way out is declared, nothing can be asked that is not")
    asked = undeclared[:: max(1, len(undeclared) // _MOST_ASKED)]
    for one, answer in ask_all(sandbox, subject, asked):
        expect(answer.outcome == "gap", f"`{one.item}` to `{one.recipient}` by `{one.action}` was {answer.outcome}")
    stranger = Question(asked[0].purpose, asked[0].item, actions[0], _STRANGER)
    try:
        ask(sandbox, subject, stranger)
    except InputError as unknown:
        told = f"{len(asked)} of {len(undeclared)} undeclared ways to `{', '.join(actions)}` were asked, none allowed"
        return f"{told}; a stranger is no recipient ({unknown.code})"
    raise BrokenError("a recipient that the policy does not name was not told to be one")


def decisions_are_journaled(_promise: Promise, sandbox: Sandbox) -> str:
    """Every declared kind of action passes one decision, which leaves an entry with clause, version and outcome."""
    subject = signed_up(sandbox)
    by_action = {flow.action: flow for flow in flows(sandbox.policy)}
    for action, flow in sorted(by_action.items()):
        with sandbox.begin() as work:
            before = size(work)
        answer = ask(sandbox, subject, question(flow))
        with sandbox.begin() as work:
            written = entries(work, before, 10)
        told = [one.leaf.decode() for one in written if one.kind == "decision.made"]
        expect(len(told) == 1, f"`{action}` left {len(told)} entries instead of one")
        for part in (answer.outcome, answer.version, answer.clause or "", action):
            expect(part in told[0], f"the entry about `{action}` does not name `{part}`")
        expect(subject not in told[0], f"the entry about `{action}` names the person")
    return f"the actions {', '.join(sorted(by_action))} each left one entry with clause, version and outcome"


CONTROLS = (
    Control(
        "declared-purposes-only",
        {"zh": "政策没有写明的用途,一律不允许。", "en": "A use that the policy does not name is never allowed."},
        declared_purposes_only,
    ),
    Control(
        "recipient-gets-its-list",
        {"zh": "第三方只能得到清单上的信息。", "en": "A recipient gets the items of its list and no others."},
        recipient_gets_its_list,
        needs=("recipient", "receives"),
    ),
    Control(
        "no-other-recipient",
        {"zh": "未列明的接收方一律得不到信息。", "en": "Nobody who is not listed gets any data."},
        no_other_recipient,
        needs=("actions",),
    ),
    Control(
        "decisions-are-journaled",
        {"zh": "每一次处理都先经判定,并留下记录。", "en": "Every handling passes one decision and leaves an entry."},
        decisions_are_journaled,
    ),
)
