"""Which changes a policy itself calls major: its list `changes.material`, entry by entry.

The name of an entry says what it covers: a kind of change, or one of the headings below. An entry of another name is
for people to judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from troth.policy.diff.model import KINDS, Kind
from troth.policy.diff.walk import records
from troth.policy.sections.keeping import Changes
from troth.policy.yaml_reader import Json

EVENTS: frozenset[Kind] = frozenset({"risk-report"})
"""What happens outside the text; no comparison finds it."""

_PURPOSES: frozenset[Kind] = frozenset({"purpose-added", "purpose-removed", "purpose-changed"})
_ITEMS: frozenset[Kind] = frozenset({"item-added", "item-removed", "item-changed"})
_USES: frozenset[Kind] = frozenset({"use-changed", "consent-lowered"})
_RECIPIENTS: frozenset[Kind] = frozenset({"recipient-added", "recipient-removed", "recipient-changed"})
_RIGHTS: frozenset[Kind] = frozenset({"right-reduced", "right-changed"})

HEADINGS: Mapping[str, frozenset[Kind]] = {
    **{kind: frozenset({kind}) for kind in KINDS},
    **dict.fromkeys(("purpose", "purposes"), _PURPOSES),
    **dict.fromkeys(("item", "items", "data"), _ITEMS),
    **dict.fromkeys(("use", "uses", "service", "treatment"), _PURPOSES | _ITEMS | _USES),
    "consent": frozenset({"consent-lowered"}),
    **dict.fromkeys(("recipient", "recipients"), _RECIPIENTS),
    "rights": _RIGHTS,
    "rights-reduced": frozenset({"right-reduced"}),
    **dict.fromkeys(("owner", "ownership"), frozenset({"ownership-changed"})),
    **dict.fromkeys(("contact", "contacts", "responsible"), frozenset({"contact-changed"})),
    "retention": frozenset({"retention-longer", "retention-changed"}),
    "storage": frozenset({"storage-moved"}),
    "security": frozenset({"security-reduced", "security-changed"}),
    "minors": frozenset({"minors-changed"}),
    **dict.fromkeys(("risk", "high-risk"), EVENTS),
}
"""The names that an entry may have, and the kinds of change that each covers."""


@dataclass(frozen=True)
class Major:
    """The entries of the lists by clause path, each with the kinds that it covers."""

    covers: Mapping[str, frozenset[Kind]]
    unclassified: tuple[str, ...]

    @property
    def events(self) -> tuple[str, ...]:
        """The entries that name nothing but events."""
        return tuple(path for path, covered in self.covers.items() if covered <= EVENTS)

    def entries(self, kinds: tuple[Kind, ...]) -> tuple[str, ...]:
        """The entries that cover one of the kinds."""
        return tuple(path for path, covered in self.covers.items() if covered & frozenset(kinds))


def major(*values: Mapping[str, Json]) -> Major:
    """The lists of several policies together, those of their rule sets included."""
    listed = dict(sorted(pair for value in values for pair in _listed(value)))
    return Major(
        {path: HEADINGS[name] for path, name in listed.items() if name in HEADINGS},
        tuple(path for path, name in listed.items() if name not in HEADINGS),
    )


def _listed(value: Mapping[str, Json]) -> list[tuple[str, str]]:
    """Clause path and name of every entry."""
    found: list[tuple[str, str]] = []
    for spot, terms in records(value, Changes):
        material = terms.get("material")
        names = material if isinstance(material, dict) else {}
        found += [(".".join((*spot.keys, "material", name)), name) for name in names]
    return found
