"""Controls over who asks: how surely they have shown it, and who is sent elsewhere."""

from __future__ import annotations

from troth.base.sensitive import Sensitive
from troth.drill.controls.model import Control
from troth.drill.controls.staff import CLERK
from troth.drill.model import Promise, expect
from troth.drill.person import look, request, signed_up
from troth.drill.sandbox import Sandbox
from troth.requests.deciding import exemptions
from troth.requests.details import Details
from troth.requests.kinds import Kind
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.proof import evidence, identity, proving, standing
from troth.requests.proof.parties import Party
from troth.requests.service import of_subject
from troth.requests.texts import texts
from troth.subjects.audience import belong
from troth.subjects.identifier import identifier
from troth.subjects.service import register

_STRANGER = "stranger@mail.example"
_SHOWN = b"shown in a rehearsal"


def identity_checked(promise: Promise, sandbox: Sandbox) -> str:
    """Who is signed in is answered; who names somebody shows first that they are that person, and nothing is told or
    done before; what they showed is deleted once it has served."""
    (kind,), subject = promise.given["asks"], signed_up(sandbox)
    own = request(sandbox, subject, kind, channel="portal")
    sandbox.run_due()
    expect(look(sandbox, own.id).state is State.FULFILLED, "a signed-in person was asked for more")
    asked = _from_elsewhere(sandbox, kind)
    proofs = _shown(sandbox, subject, asked, own)
    ended = look(sandbox, asked.id)
    expect(ended.state is State.FULFILLED and ended.subject == subject, "what was proved was not carried out")
    with sandbox.begin() as work:
        left = [one.sort for one in evidence.of(work, asked.id) if one.sort != "declaration"]
    expect(not left, f"what was shown is still there: {', '.join(left)}")
    return f"a signed-in person was answered; a stranger first showed {' and '.join(proofs)}, which was then deleted"


def _shown(sandbox: Sandbox, subject: str, asked: Request, own: Request) -> tuple[str, ...]:
    """Show one proof after the other; before the last one, the person's data are not touched and they learn nothing."""
    with sandbox.begin() as work:
        evidence.keep(work, sandbox.vault, asked, "document", _SHOWN)
        proofs = identity.missing(work, asked.id)
    expect(bool(proofs), "a stranger had nothing to show")
    for one in proofs:
        sandbox.run_due()
        expect(look(sandbox, asked.id).state is State.IDENTIFYING, f"it went on before `{one}` was shown")
        with sandbox.begin() as work:
            theirs = {each.id for each in of_subject(work, subject)}
            expect(theirs == {own.id}, "an unproved request was taken for the person's")
            proving.prove(work, sandbox.vault, asked.id, [one], by=CLERK, jobs=sandbox.errands)
    sandbox.run_due()
    return proofs


def _from_elsewhere(sandbox: Sandbox, kind: str) -> Request:
    """Somebody who signed in by another address says that they are the sample person."""
    named = identifier("phone", sandbox.person.phone.reveal())
    with sandbox.begin() as work:
        asker = register(work, sandbox.vault, [identifier("email", _STRANGER)])
        if sandbox.audience is not None:
            belong(work, sandbox.vault, asker, sandbox.version.policy, sandbox.audience)
        party = Party("self", Sensitive("Rehearsal"), Sensitive(_STRANGER), asker=asker, named=named)
        language = sandbox.policy.languages[0]
        version = sandbox.version
        return standing.open_for(work, sandbox.vault, version, party, kind, language=language, jobs=sandbox.errands)


def exempted_as_stated(promise: Promise, sandbox: Sandbox) -> str:
    """Who says that a request is about exempted data is told so, and where to turn; after its last day nobody is."""
    name, subject = promise.given["exemption"], signed_up(sandbox)
    told = [_exempted(sandbox, subject, name, kind) for kind in promise.given["asks"]]
    return "; ".join(told)


def _exempted(sandbox: Sandbox, subject: str, name: str, kind: str) -> str:
    exemption = sandbox.policy.exemptions[name]
    holds = name in exemptions.in_force(sandbox.policy, Kind(kind), sandbox.clock.now())
    opened = request(sandbox, subject, kind, channel="portal", details=Details(exempt=name))
    sandbox.run_due()
    ended = look(sandbox, opened.id)
    if not holds:
        expect(ended.state is State.FULFILLED, f"{kind}: the exemption has ended, and the request is {ended.state}")
        return f"{kind}: the exemption ended on {exemption.until}, and the request was answered as anybody's"
    expect(ended.state is State.REFUSED, f"{kind}: the exemption holds, and the request is {ended.state}")
    with sandbox.begin() as work:
        reasons = [one.text.reveal() for one in texts(work, sandbox.vault, ended) if one.role == "reason"]
    expect(bool(reasons) and all(reasons), "the person cannot read that they are exempted, or where to turn")
    return f"{kind}: answered with the exemption and where to turn instead"


CONTROLS = (
    Control(
        "identity-checked",
        {
            "zh": "按请求的风险核实身份,资料仅用于核实。",
            "en": "Identity is checked to the risk; what is given serves only that.",
        },
        identity_checked,
        needs=("asks",),
    ),
    Control(
        "exempted-as-stated",
        {
            "zh": "豁免在期限内适用并告知另行联系的对象,期满后权利对所有人适用。",
            "en": "An exemption holds until its day and says where to turn; afterwards rights hold for everybody.",
        },
        exempted_as_stated,
        needs=("exemption", "asks"),
    ),
)
