"""What a request would touch, counted beforehand: nothing is changed, and no value leaves the stores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from troth.base.work import Begin
from troth.datamap.model import Person
from troth.requests import record
from troth.requests.fulfilment import seeds
from troth.requests.ports import OpenStores
from troth.stores.model import Asking, Store
from troth.subjects import service as subjects
from troth.subjects.vault import Vault


@dataclass(frozen=True)
class Counted:
    """One dataset of a store: `held` rows are the person's, and an erasure would delete or change `due` of them."""

    store: str
    dataset: str
    held: int
    due: int


def count(begin: Begin, vault: Vault, open_stores: OpenStores, request_id: str) -> tuple[Counted, ...]:
    """Ask every store, as carrying the request out would, but nobody who answers for one.

    Raises:
        InputError: `requests.unknown`.
        RefusedError: `subjects.shredded`.
        UnavailableError: a store does not answer.
    """
    with begin() as work:
        request = record.load(work, request_id)
        known = subjects.identifiers(work, vault, request.subject)
        version = record.promised(work, request)
    person = Person(request.subject, tuple((one.kind, one.value) for one in known))
    stores = open_stores(version)
    (found,) = seeds.seek(begin, vault, stores, person).people
    return tuple(
        Counted(name, dataset, *number)
        for name, store in sorted(stores.items())
        if not isinstance(store, Asking)
        for dataset, number in sorted(_counts(store, found).items())
    )


def _counts(store: Store, person: Person) -> Mapping[str, tuple[int, int]]:
    due = store.look([person])
    held = Counter(row.dataset for row in store.access([person]))
    return {dataset: (held[dataset], due.get(dataset, 0)) for dataset in due.keys() | held.keys()}
