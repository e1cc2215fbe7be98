from datetime import timedelta

from troth.base.clock import SettableClock
from troth.base.work import Begin
from troth.drill.model import DrillRun, Promise, Result
from troth.drill.service import latest, record
from troth.journal.service import entries

_PROMISE = Promise(
    "P-1",
    "minors",
    {"zh": "诺", "en": "promise"},
    ("minors.below",),
    "minor-barred",
    {"below": 18},
    {"function": "register"},
    "evidence",
)


def _run(begin: Begin, clock: SettableClock, *results: Result, policy: str = "kaiconn") -> DrillRun:
    with begin() as work:
        made = DrillRun(policy, "sha256:00", clock.now(), results)
        record(work, made)
    return made


def test_the_latest_run_is_given_back_as_it_was(begin: Begin, clock: SettableClock) -> None:
    _run(begin, clock, Result(_PROMISE, "broken", "seen otherwise"))
    clock.advance(timedelta(days=1))
    last = _run(begin, clock, Result(_PROMISE, "kept", "seen"), Result(_PROMISE, "unproven", "not built"))
    _run(begin, clock, policy="other")
    with begin() as work:
        assert latest(work, "kaiconn") == last


def test_a_policy_that_was_never_rehearsed_has_no_run(begin: Begin) -> None:
    with begin() as work:
        assert latest(work, "kaiconn") is None


def test_a_run_leaves_one_entry_with_its_counts(begin: Begin, clock: SettableClock) -> None:
    _run(begin, clock, Result(_PROMISE, "kept", "seen"))
    with begin() as work:
        (entry,) = entries(work, 0, 10)
    assert entry.kind == "drill.run"
    assert b'"kept":1' in entry.leaf
