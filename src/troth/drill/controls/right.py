"""Controls over single rights: correcting, what it costs, how often, and who else may ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from troth.base.calendar import due
from troth.base.errors import RefusedError
from troth.base.period import parse_period
from troth.drill.controls.account import erases_everything
from troth.drill.controls.model import Control
from troth.drill.controls.request import sees_own_data
from troth.drill.controls.staff import CLERK, WORDS
from troth.drill.model import BrokenError, Promise, expect
from troth.drill.person import look, request, signed_up
from troth.drill.rows import cells, of_person
from troth.drill.sandbox import Sandbox
from troth.requests import deadline
from troth.requests.deciding import correction_review, fees
from troth.requests.details import NONE, Details
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.proof import parties, proving
from troth.requests.service import open_request
from troth.requests.telling import recipients
from troth.requests.texts import texts

_NEW_VALUES = {"phone": "+8619900009998", "email": "corrected@mail.example"}
_ANOTHER = "Rehearsed"
_CHARGE = fees.Charge("12.50", "CNY", "repeated")
_DAY = timedelta(days=1)


def corrected(promise: Promise, sandbox: Sandbox) -> str:
    """A value of the person's own is replaced wherever it stands, and nothing else changes; what is locked waits until
    somebody has looked at it."""
    subject = signed_up(sandbox)
    locked = set(promise.given.get("locked", ()))
    _expect_as_in(promise, sandbox)
    within = promise.given.get("within")
    told = [_corrected(sandbox, subject, item, within, locked=item in locked) for item in promise.given["corrects"]]
    return "; ".join(told)


def _expect_as_in(promise: Promise, sandbox: Sandbox) -> None:
    """The ways to ask are those of another right, where the policy says so."""
    other = promise.given.get("as_in")
    if other is not None:
        ways, others = (set(sandbox.policy.rights[name].by) for name in ("correction", other))
        expect(ways == others, f"a correction is asked for by {sorted(ways)}, {other} by {sorted(others)}")


def _corrected(sandbox: Sandbox, subject: str, item: str, within: str | None, *, locked: bool) -> str:
    before, fields = cells(sandbox), of_person(sandbox, subject, item)
    expect(bool(fields), f"nothing of `{item}` is held of the sample person")
    new = _NEW_VALUES.get(sandbox.policy.items[item].tells or "", _ANOTHER)
    asked = Details(changes=((item, new),), proved=() if locked else (item,))
    opened = request(sandbox, subject, "correction", details=asked)
    _expect_deadline(within, opened)
    sandbox.run_due()
    if locked:
        expect(look(sandbox, opened.id).state is State.DECIDING, f"`{item}` is locked, and nobody had to look at it")
        expect(cells(sandbox) == before, f"`{item}` is locked, and changed before anybody had looked")
        with sandbox.begin() as work:
            correction_review.accept(
                work, sandbox.vault, opened.id, [item], evidence=WORDS, by=CLERK, jobs=sandbox.errands
            )
        sandbox.run_due()
    expect(look(sandbox, opened.id).state is State.FULFILLED, f"`{item}` was not corrected")
    changed = {place for place, value in cells(sandbox).items() if value != before[place]}
    expect(changed == set(fields), f"correcting `{item}` changed {len(changed)} fields, {len(fields)} hold it")
    how = "after somebody had looked at it" if locked else "at once"
    return f"`{item}` was corrected {how}: fields that hold it {len(fields)}, other fields that changed 0"


def _expect_deadline(within: str | None, opened: Request) -> None:
    if within is not None:
        own = [one for one in opened.deadlines if one.source == "policy" and one.stage == "answer"]
        expect(len(own) == 1, f"a correction carries {len(own)} deadlines of the policy")
        expect(parse_period(own[0].period) == parse_period(within), f"the policy's deadline is {own[0].period}")


def fee_by_rule(promise: Promise, sandbox: Sandbox) -> str:
    """A first request costs nothing; one that is repeated beyond reason may, once its price was told and agreed to."""
    subject, kind = signed_up(sandbox), promise.given["request"]
    for _ in range(promise.given["free"]):
        opened = request(sandbox, subject, kind)
        _expect_free(sandbox, opened)
        sandbox.run_due()
        expect(look(sandbox, opened.id).state is State.FULFILLED, f"the {kind} was not carried out free of charge")
        sandbox.clock.advance(_DAY)
    repeated = request(sandbox, subject, kind)
    sandbox.run_due()
    expect(look(sandbox, repeated.id).state is State.IN_REVIEW, "nobody looks at a request that is repeated")
    with sandbox.begin() as work:
        fees.price(work, sandbox.vault, repeated.id, _CHARGE, because=WORDS, by=CLERK)
    sandbox.run_due()
    priced = look(sandbox, repeated.id)
    expect(priced.state is State.PRICED, f"a request with a price is {priced.state} before it was agreed to")
    with sandbox.begin() as work:
        estimate = fees.estimate_of(work, repeated.id)
        reasons = [one.text.reveal() for one in texts(work, sandbox.vault, priced) if one.role == "reason"]
        expect(estimate is not None and estimate.charge == _CHARGE, "the person cannot read the estimate")
        expect(reasons == [WORDS], "the person cannot read why it costs something")
        fees.accept(work, sandbox.vault, repeated.id, jobs=sandbox.errands)
    sandbox.run_due()
    expect(look(sandbox, repeated.id).state is State.FULFILLED, "what was agreed to was not carried out")
    return f"{promise.given['free']} in a year cost nothing; the next waited until its price and reason were agreed to"


def _expect_free(sandbox: Sandbox, opened: Request) -> None:
    with sandbox.begin() as work:
        try:
            fees.price(work, sandbox.vault, opened.id, _CHARGE, because=WORDS, by=CLERK)
        except RefusedError as refused:
            expect(refused.code == "requests.free", f"pricing it was refused by {refused.code}")
        else:
            raise BrokenError("a first request was given a price")


def asked_not_too_often(promise: Promise, sandbox: Sandbox) -> str:
    """So many requests are answered in the time, the next is refused and says until when, and later one is answered."""
    (kind,), times = promise.given["asks"], promise.given["times"]
    per, subject = parse_period(promise.given["per"]), signed_up(sandbox)
    first = sandbox.clock.now()
    for _ in range(times):
        opened = request(sandbox, subject, kind)
        sandbox.run_due()
        expect(look(sandbox, opened.id).state is State.FULFILLED, f"the {kind} was not answered")
        sandbox.clock.advance(_DAY)
    try:
        request(sandbox, subject, kind)
    except RefusedError as refused:
        expect(refused.code == "requests.too-often", f"one more was refused by {refused.code}")
    else:
        raise BrokenError(f"more than {times} of `{kind}` were taken within {promise.given['per']}")
    sandbox.clock.set(due(first, per, zone=deadline.zone(sandbox.policy)).at + _DAY)
    again = request(sandbox, subject, kind)
    expect(not again.closed, "a request after the time was not taken")
    return f"{times} were answered, one more was refused, and after {promise.given['per']} one was taken again"


def recipients_told(promise: Promise, sandbox: Sandbox) -> str:
    """Everybody who got data of the person is asked to do the same, and their answer is kept."""
    kind, subject = promise.given["request"], signed_up(sandbox)
    opened = request(sandbox, subject, kind)
    with sandbox.begin() as work:
        due_ = set(recipients.concerned(work, sandbox.version.for_audience(sandbox.audience), opened))
    expect(bool(due_), "nobody receives anything of the sample person, so nobody could be told")
    sandbox.run_due()
    expect(look(sandbox, opened.id).state is State.FULFILLED, f"the {kind} was not carried out")
    with sandbox.begin() as work:
        asked = recipients.of(work, opened.id)
        expect({one.recipient for one in asked} == due_, f"{len(asked)} of {len(due_)} recipients were asked")
        for one in asked:
            recipients.answered(work, sandbox.vault, opened.id, one.recipient, "done", by=CLERK)
        open_ = [one.recipient for one in recipients.of(work, opened.id) if one.answer is None]
    expect(not open_, f"the answer of {len(open_)} recipients was not kept")
    return f"all {len(due_)} that received something were asked to follow, and their answers are kept"


def asked_by_another(promise: Promise, sandbox: Sandbox) -> str:
    """Whoever asks for somebody else shows who they are and that they may; until then nothing is done, and who cannot
    show it is refused."""
    (who,), kind, subject = promise.given["asker"], promise.given["request"], signed_up(sandbox)
    way = promise.given.get("way", "")
    expect(not way or way in parties.ways(sandbox.policy), f"the policy does not name `{way}`")
    refused = _asked(sandbox, subject, who, kind, way)
    with sandbox.begin() as work:
        proving.reject(work, sandbox.vault, refused.id, WORDS, by=CLERK)
    expect(look(sandbox, refused.id).state is State.REFUSED, "who showed nothing was not refused")
    shown = _asked(sandbox, subject, who, kind, way)
    proofs = parties.NEEDED[who]
    for one in proofs:
        sandbox.run_due()
        expect(look(sandbox, shown.id).state is State.IDENTIFYING, f"it went on before `{one}` was shown")
        with sandbox.begin() as work:
            proving.prove(work, sandbox.vault, shown.id, [one], by=CLERK, jobs=sandbox.errands)
    sandbox.run_due()
    expect(look(sandbox, shown.id).state is State.FULFILLED, "what was shown to be allowed was not done")
    return f"nothing was done before {' and '.join(proofs)} were shown, then it was; who showed nothing was refused"


def _asked(sandbox: Sandbox, subject: str, who: str, kind: str, way: str) -> Request:
    party = replace(parties.party(who, "Rehearsal", "asker@mail.example"), way=way)
    with sandbox.begin() as work:
        return open_request(
            work,
            sandbox.vault,
            sandbox.version,
            subject,
            kind,
            language=sandbox.policy.languages[0],
            channel="drill",
            jobs=sandbox.errands,
            details=NONE,
            party=party,
        )


def self_service(promise: Promise, sandbox: Sandbox) -> str:
    """Everything of theirs is seen, corrected and erased, and nobody has a part in it."""
    return "; ".join(act(promise, sandbox) for act in (sees_own_data, corrected, erases_everything))


CONTROLS = (
    Control(
        "corrected",
        {"zh": "本人可更正信息,锁定项经审核后更正。", "en": "People correct their data; locked fields are reviewed."},
        corrected,
        needs=("corrects",),
        takes=("locked", "within", "as_in"),
    ),
    Control(
        "fee-by-rule",
        {"zh": "收费只按规则,并事先告知。", "en": "A fee follows its rule and is told beforehand."},
        fee_by_rule,
        needs=("request", "free"),
    ),
    Control(
        "asked-not-too-often",
        {"zh": "请求次数的限制按规则执行。", "en": "Limits on how often one may ask are kept."},
        asked_not_too_often,
        needs=("asks", "times", "per"),
    ),
    Control(
        "recipients-told",
        {
            "zh": "更正和删除会通知接收方并跟进回执。",
            "en": "Recipients are told of corrections and erasures, and answer.",
        },
        recipients_told,
        needs=("request",),
    ),
    Control(
        "agent-answered",
        {
            "zh": "授权代理人证明身份和权限后可以提出请求,不能证明的予以拒绝。",
            "en": "An agent who shows who they are and that they may ask is answered; another is refused.",
        },
        asked_by_another,
        needs=("asker", "request"),
        takes=("way",),
    ),
    Control(
        "relative-answered",
        {
            "zh": "逝者近亲属证明身份和关系后可以行使权利。",
            "en": "Close relatives of the deceased can use their rights, once they have shown that they are.",
        },
        asked_by_another,
        needs=("asker", "request"),
    ),
    Control(
        "self-service",
        {
            "zh": "本人可自行查看、更正和删除自己的信息。",
            "en": "People see, correct and erase their own data by themselves.",
        },
        self_service,
        needs=("corrects",),
    ),
)
