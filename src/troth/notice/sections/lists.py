"""The two lists: what is collected, and what is shared with whom. They follow from what the policy declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from troth.notice.model import Block, Line, Paragraph, Row, Section, Table, told
from troth.notice.writer import Writer
from troth.policy.flows import Flow, flows
from troth.policy.model import Policy, Recipient


def collected(writer: Writer) -> Section:
    """Every item that is collected, by the product itself or by an SDK in it, with why and where."""
    speech, sdks = writer.speech, [one for one in _by_name(writer) if one.kind == "sdk"]
    gathered = [one for one in flows(writer.policy) if one.action == "collect"]
    names = gathered_items(writer.policy)
    homes = {writer.policy.items[name].category: name for name in reversed(names)}
    rows = [
        _collected(
            writer,
            name,
            [one for one in gathered if one.item == name],
            [one for one in sdks if name in one.receives],
            home=name in homes.values(),
        )
        for name in names
    ]
    keys = ("list.item", "purpose", "list.scene", "list.source")
    blocks = _table(writer, "list.collected.caption", keys, rows)
    return Section("list.collected", speech.plain("list.collected"), blocks)


def shared(writer: Writer) -> Section:
    """Every recipient, with what it gets and why."""
    rows = [_shared(writer, one) for one in _by_name(writer)]
    keys = ("list.recipient", "list.item", "purpose", "list.scene")
    blocks = _table(writer, "list.shared.caption", keys, rows)
    return Section("list.shared", writer.speech.plain("list.shared"), blocks)


def _table(writer: Writer, caption: str, keys: Iterable[str], rows: list[Row]) -> tuple[Block, ...]:
    speech = writer.speech
    if not rows:
        return ()
    intro = Paragraph(speech.say("list.derived"))
    return (intro, Table(speech.plain(caption), tuple(speech.plain(key) for key in keys), tuple(rows)))


def gathered_items(policy: Policy) -> tuple[str, ...]:
    """The items that the product or an SDK in it collects; the policy may name others."""
    by_product = {one.item for one in flows(policy) if one.action == "collect"}
    by_sdks = {name for one in policy.recipients.values() if one.kind == "sdk" for name in one.receives}
    return tuple(sorted(by_product | by_sdks))


def _collected(writer: Writer, name: str, gathered: list[Flow], sdks: list[Recipient], *, home: bool) -> Row:
    """One line of the list; `home` if it is where its category is said."""
    speech, item = writer.speech, writer.policy.items[name]
    about = [Paragraph(writer.item(name))]
    if item.category:
        label = speech.text(writer.policy.categories[item.category].label)
        about.append(Paragraph(label, f"categories.{item.category}" if home else None))
    if item.note:
        about.append(Paragraph(speech.text(item.note), f"items.{name}.note"))
    source = speech.words("source", item.sources) if item.sources else speech.say("list.source-unsaid")
    purposes = _once((*(one.purpose for one in gathered), *(why for one in sdks for why in one.purposes)))
    scenes = (*_functions(writer, gathered), *_sdks(writer, sdks))
    return Row((tuple(about), told(writer.purposes(purposes)), told(*scenes), told(source)), f"items.{name}")


def _functions(writer: Writer, gathered: list[Flow]) -> Iterator[Line]:
    """Each function with whether it needs the item; nothing for what no function does."""
    needed = {one.function: one.necessary for one in gathered if one.function}
    for name in sorted(needed):
        key = "list.needed" if needed[name] else "list.optional"
        yield writer.speech.say(key, function=writer.functions([name]))


def _sdks(writer: Writer, sdks: list[Recipient]) -> Iterator[Line]:
    return (writer.speech.say("list.through", recipient=writer.recipients([one.id])) for one in sdks)


def _shared(writer: Writer, one: Recipient) -> Row:
    """As the policy itself puts it: a line about a category is told as one, not taken apart."""
    speech, policy = writer.speech, writer.policy
    functions = [each for each in policy.functions.values() if one.id in each.shares]
    lines = [each for each in policy.flows.values() if one.id in each.to]
    own = one.receives or _once(item for each in functions for item in (*each.needs, *each.optional))
    items = _once((*own, *(item for each in lines for item in each.items)))
    whys = (*one.purposes, *(each.purpose for each in functions), *(why for each in lines for why in each.purposes))
    cases = (writer.functions(each.id for each in functions), *(speech.text(each.label) for each in lines))
    kind = speech.say("list.kind", kind=speech.word("recipient", one.kind))
    cells = (
        told(writer.recipients([one.id]), kind),
        told(writer.items(items) if items else speech.say("unlisted")),
        told(writer.purposes(_once(whys))),
        told(*cases),
    )
    return Row(tuple(tuple(each for each in cell if each.line) for cell in cells))


def _by_name(writer: Writer) -> list[Recipient]:
    return [one for _, one in sorted(writer.policy.recipients.items())]


def _once(names: Iterable[str]) -> list[str]:
    return sorted(set(names))
