"""Notes what ended by itself: consents that ran out, birthdays, proofs that have served. No decision waits for it."""

from __future__ import annotations

from troth.base.work import Begin
from troth.consent.service import expire_due
from troth.requests.proof import evidence, guests, matching, standing
from troth.subjects import age, facts
from troth.subjects.vault import Vault

_AT_ONCE = 500
"""Facts that one sweep looks at: it holds the writer's lock, and the next one is a second away."""


def let_end(begin: Begin, vault: Vault) -> int:
    """Note what is due; gives how many birthdays and expiries there were."""
    with begin() as work:
        if not facts.due(work, work.at, 1):
            return 0
    with begin() as work:
        # Birthdays first: they must not keep what lies behind them off the page that `expire_due` reads.
        birthdays = age.grow(work, facts.due(work, work.at, _AT_ONCE))
        return birthdays + len(expire_due(work, vault, work.at, _AT_ONCE))


def forget_proofs(begin: Begin, vault: Vault) -> int:
    """Delete what people showed to be identified, once it has served or its time is over, and forget those who asked
    for nothing; gives how much it was."""
    forgotten = standing.forget(begin, vault) + guests.forget(begin, vault)
    return evidence.forget(begin) + matching.forget(begin) + forgotten
