"""Controls over access, copies and answers in time."""

from __future__ import annotations

import io
import json
import zipfile

from troth.base.errors import RefusedError
from troth.base.period import Period, parse_period
from troth.drill.controls.model import Control
from troth.drill.model import BrokenError, Promise, expect
from troth.drill.person import accept_all, arrive, look, request, signed_up, verify
from troth.drill.rows import as_person, totals
from troth.drill.sandbox import Sandbox
from troth.requests.fulfilment.package import read
from troth.requests.machine import State


def sees_own_data(_promise: Promise, sandbox: Sandbox) -> str:
    """What a person sees is every row of theirs and no other's, straight from the stores."""
    subject = signed_up(sandbox)
    shown = 0
    for name, store in sandbox.stores(sandbox.version).items():
        counted = store.look([as_person(sandbox, subject)])
        rows = list(store.access([as_person(sandbox, subject)]))
        expect(all(row.subject == subject for row in rows), f"a row of somebody else came out of `{name}`")
        for dataset, number in counted.items():
            seen = sum(row.dataset == dataset for row in rows)
            expect(seen == number, f"`{name}.{dataset}` holds {number} rows of theirs and showed {seen}")
        shown += len(rows)
    expect(shown > 0, "the sample person has no row, so nothing was shown")
    return f"{shown} rows were shown, as many as are theirs, all of them theirs"


def copy_after_identity(promise: Promise, sandbox: Sandbox) -> str:
    """Before the identity is proved no copy is made; afterwards it holds every row of theirs, by whatever channel."""
    subject = arrive(sandbox)
    accept_all(sandbox, subject)
    refused = _refused_copy(sandbox, subject)
    verify(sandbox, subject)
    opened = request(sandbox, subject, "copy", channel=next(iter(promise.given.get("channels", ())), "drill"))
    sandbox.run_due()
    expect(look(sandbox, opened.id).state is State.FULFILLED, "the copy was not made")
    with sandbox.begin() as work:
        packed = read(work, sandbox.vault, opened.id)
    rows = _rows_in(packed)
    wanted = sum(totals(sandbox, subject).values())
    expect(rows == wanted, f"the copy holds {rows} rows, theirs are {wanted}")
    return f"refused before the identity was proved ({refused}); afterwards a copy with {rows} rows"


def answered_in_time(promise: Promise, sandbox: Sandbox) -> str:
    """Each kind of `requests` carries the deadline that the policy promises, and is answered within it."""
    within = parse_period(promise.given["within"])
    subject = signed_up(sandbox)
    told = [_answer(sandbox, subject, kind, within) for kind in promise.given["requests"]]
    expect(bool(told), "no kind of request is named")
    return "; ".join(told)


def _answer(sandbox: Sandbox, subject: str, kind: str, within: Period) -> str:
    opened = request(sandbox, subject, kind)
    own = [one for one in opened.deadlines if one.source == "policy"]
    expect(len(own) == 1, f"a {kind} carries {len(own)} deadlines of the policy")
    expect(parse_period(own[0].period) == within, f"the policy's deadline for a {kind} is {own[0].period}")
    sandbox.run_due()
    answered = look(sandbox, opened.id).closed_at
    expect(answered is not None and answered <= own[0].due_at, f"the {kind} was not answered in time")
    strictest = opened.deadlines[0]
    return (
        f"{kind}: due {own[0].due_at:%Y-%m-%d} by the policy, strictest {strictest.due_at:%Y-%m-%d} "
        f"({strictest.source}); answered in time"
    )


def _refused_copy(sandbox: Sandbox, subject: str) -> str:
    try:
        request(sandbox, subject, "copy")
    except RefusedError as refused:
        return refused.code
    raise BrokenError("a copy was promised to somebody who had not proved who they are")


def _rows_in(packed: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = [name for name in archive.namelist() if name.startswith("data/")]
        return sum(len(json.loads(archive.read(name))["rows"]) for name in names)


CONTROLS = (
    Control(
        "sees-own-data",
        {
            "zh": "本人随时看到自己的全部信息,看不到别人的。",
            "en": "A person sees all of their own data and nobody else's.",
        },
        sees_own_data,
    ),
    Control(
        "copy-after-identity",
        {"zh": "核实身份之后提供完整副本。", "en": "A complete copy is given once the identity is proved."},
        copy_after_identity,
    ),
    Control(
        "answered-in-time",
        {"zh": "在承诺的期限内答复。", "en": "An answer comes within the promised time."},
        answered_in_time,
        needs=("requests", "within"),
    ),
)
