"""Writes the draft of a data map, with the reason and the certainty of every guess beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from troth.datamap.inside import Inside
from troth.datamap.scan.guess import Catalogue, Guess, guess
from troth.datamap.scan.keys import key_of
from troth.datamap.scan.links import Link, Links, all_links
from troth.datamap.scan.shape import Guesses, distances, identifiers, people_tables, with_names
from troth.policy.model import Policy

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS_OF_YAML = frozenset({"none", "null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_COLUMN = 44  # where the reasons begin

HEAD = """\
# Drafted from the live database. Everything here is a guess: the number beside it says how sure, the words why.
# Read it, correct it, and let `troth map check` hold it against the policy and the database.
"""


def guesses(catalogue: Catalogue, policy: Policy) -> dict[str, dict[str, Guess]]:
    """A guess for every column."""
    return {
        name: {
            column: guess(column, live, catalogue.seen[name, column], policy) for column, live in table.columns.items()
        }
        for name, table in catalogue.live.items()
    }


def draft(store: str, url: str, catalogue: Catalogue, policy: Policy) -> str:
    """The map as YAML. What leads to a person is mapped; what holds nothing about people is listed under `ignore`."""
    return "\n".join(_lines(store, url, catalogue, guesses(catalogue, policy))) + "\n"


def _lines(store: str, url: str, catalogue: Catalogue, found: dict[str, dict[str, Guess]]) -> Iterator[str]:
    links = with_names(all_links(catalogue), catalogue, found)
    far = distances(links, people_tables(catalogue, found))
    mapped = [name for name in catalogue.live if name in far or any(one.item for one in found[name].values())]
    yield from HEAD.splitlines()
    yield from (f"store: {word(store)}", f"label: {word(store)}", "kind: sql", f"url: {word(url)}")
    rest = [name for name in catalogue.live if name not in mapped]
    yield from (_joined(name, by) for name in rest if (by := _joins(name, links, far)))
    if rest:
        yield _sure(f"ignore: [{listed(rest)}]", 0.5, "no column speaks of a person, and none leads to one")
    yield "datasets:" if mapped else "datasets: {}"
    for name in sorted(mapped, key=lambda one: (far.get(one, len(far)), one)):
        yield ""
        yield from (f"  {line}" if line else "" for line in _dataset(name, catalogue, found, far, links[name]))


def _joins(table: str, links: Links, far: dict[str, int]) -> list[str]:
    """The tables whose rows join those of a table with people."""
    to = {name: {link.table for link in own} for name, own in links.items() if name in far}
    return [name for name, found in to.items() if table in found and any(far.get(one) == 0 for one in found)]


def _joined(table: str, by: list[str]) -> str:
    told = f"`{table}`: rows of {', '.join(f'`{one}`' for one in by)} join it with people."
    return f"# {_printable(told)} Is it about them? Then map it, with `many`, and say its owner."


def _dataset(
    name: str, catalogue: Catalogue, found: Guesses, far: dict[str, int], links: tuple[Link, ...]
) -> Iterator[str]:
    table = catalogue.live[name]
    key, own = key_of(table), [one for one in links if one.table in far]
    yield f"{word(name)}:"
    yield f"  label: {word(catalogue.labels.get(name, '') or name)}"
    yield _sure(f"  key: {'[' + listed(key) + ']' if key else 'none'}", 1.0 if key else 0.3, _key_reason(bool(key)))
    if far.get(name) == 0 or any(one.names for one in own):
        yield from _identifies(name, catalogue, found)
    owners = _owners(name, own, far)
    if own:
        yield "  refers:"
        free = [
            one for one in own if one not in owners and all(table.columns[column].nullable for column in one.columns)
        ]
        yield from (_sure(f"    {word(one.name)}: {_target(one, one in free)}", one.sure, one.reason) for one in own)
    if owners:
        reason = f"{far[name]} steps from a person"
        yield _sure(f"  owner: [{listed(one.name for one in owners)}]", min(one.sure for one in owners), reason)
    yield "  fields:"
    for column, one in found[name].items():
        yield _sure(f"    {word(column)}: {one.item or 'none'}", one.sure, one.reason)


def _key_reason(has_key: bool) -> str:  # noqa: FBT001 - the one thing it depends on
    return "unique and never NULL in the database" if has_key else "nothing tells its rows apart"


def _identifies(name: str, catalogue: Catalogue, found: Guesses) -> Iterator[str]:
    yield "  identifies:"
    for kind, (column, spelling) in identifiers(name, catalogue, found).items():
        named = word(column) if spelling == "exact" else f"{{column: {word(column)}, spelling: {spelling}}}"
        yield _sure(f"    {kind}: {named}", found[name][column].sure, f"names a person by {kind}")


def _owners(name: str, own: Sequence[Link], far: dict[str, int]) -> list[Link]:
    """The references that lead towards the person by the shortest way; none where a person is found directly.

    Who is named in a row is its owner rather than what it is about, as far as a type column says.
    """
    near = [one for one in own if far.get(name, 0) > 0 and far[one.table] == far[name] - 1]
    return [one for one in near if not one.only] or near


def _target(link: Link, detach: bool) -> str:  # noqa: FBT001 - the word that it writes
    """A reference; one that may be NULL lets go of an erased row where whose the row is does not hang on it."""
    within = link.inside or (None,) * len(link.columns)
    columns = ", ".join(map(_place, link.columns, within))
    only = ", ".join(f"{word(column)}: {word(str(value))}" for column, value in link.only.items())
    found = f"columns: [{columns}], to: {word(link.table)}, at: [{listed(link.at)}]"
    return f"{{{found}{', only: {' + only + '}' if only else ''}{', detach: true' if detach else ''}}}"


def _place(column: str, inside: Inside | None) -> str:
    return word(column) if inside is None else f"{{json: {word(column)}, path: {json.dumps(inside.path)}}}"


def _sure(line: str, sure: float, reason: str) -> str:
    return said(line, f"{sure:.2f} {reason}")


def said(line: str, reason: str) -> str:
    """A line of the draft, with its reason."""
    return f"{line:<{_COLUMN}}  # {_printable(reason)}"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def listed(names: Iterable[str]) -> str:
    """Names between the brackets of a list."""
    return ", ".join(map(word, names))


def word(name: str) -> str:
    """A name as YAML says it, whatever it holds."""
    if _PLAIN.fullmatch(name) and name.lower() not in _WORDS_OF_YAML:
        return name
    quoted = json.dumps(name, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\U{ord(letter):08X}" for letter in quoted)
