"""Use cases of requests, by the name that the rest of Troth calls them by."""

from troth.requests.desk.lists import (
    by_reference,
    certificate,
    due_soonest,
    get,
    listing,
    of_subject,
    overdue,
    timeline,
)
from troth.requests.opening import open_request, recall
from troth.requests.pulse import LEASE, pulse, runnable

__all__ = [
    "LEASE",
    "by_reference",
    "certificate",
    "due_soonest",
    "get",
    "listing",
    "of_subject",
    "open_request",
    "overdue",
    "pulse",
    "recall",
    "runnable",
    "timeline",
]
