"""What a policy promises, clause by clause, in plain sentences made from the clauses themselves.

The sentences come from what is declared, never from a copy kept beside it: a clause that changes changes its promise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from troth.policy.model import Policy
from troth.policy.promises import audiences
from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Teller
from troth.policy.promises.topics import (
    changes,
    consent_free,
    functions,
    incident,
    minors,
    purposes,
    recipients,
    requests,
    retention,
    rights,
    security,
    sharing,
    stop,
    storage,
    technology,
)

Topic = Callable[[Teller], Iterator[Derived]]

_TOPICS: tuple[Topic, ...] = (
    purposes.find,
    functions.find,
    technology.find,
    consent_free.find,
    recipients.find,
    sharing.find,
    rights.find,
    requests.find,
    retention.find,
    storage.find,
    security.find,
    incident.find,
    minors.find,
    changes.find,
    stop.find,
)


def promises(policy: Policy) -> tuple[Derived, ...]:
    """One sentence for every clause that makes a promise: by topic, then by clause; what one audience is promised
    beyond the rest comes last.

    The order and the words depend on what the policy means only, not on how it was written down. A sentence exists in
    those of the policy's languages that Troth speaks; in a policy that has none of them it is English with the
    policy's own words in it.
    """
    general = [derived for topic in _TOPICS for derived in topic(Teller(audiences.general(policy)))]
    return (*general, *audiences.find(policy, _TOPICS))


__all__ = ["Derived", "promises"]
