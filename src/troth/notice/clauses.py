"""How a document names a clause of its own: by what it is called, with a link to where it stands."""

from __future__ import annotations

from troth.base.text import said
from troth.notice.model import Line, Span, plain
from troth.notice.writer import Writer
from troth.policy.yaml_reader import Json

_LABELS = ("label", "name")
_HEADINGS = {"controller": "contact.heading", "open": "statements.heading"}
_LONGEST = {"zh": 24, "en": 60}


def name_of(writer: Writer, path: str) -> Line:
    """The clause as its label with the field that is meant, or as its section with the beginning of its text."""
    head, field = _labelled(writer, path)
    if head is None:
        section, _, field = path.partition(".")
        head = writer.speech.phrases.get(_HEADINGS.get(section, f"{section}.heading"), section)
        text = _text(writer, writer.policy.addresses.get(path))
        if text is not None:
            text = _clipped(text, writer.speech.language)
            return _link(path, writer.speech.say("clause.text", section=head, text=text))
    meant = writer.speech.phrases.get(f"clause.{field}")
    return _link(path, writer.speech.say("clause.field", clause=head, field=meant) if meant else (Span(head),))


def _labelled(writer: Writer, path: str) -> tuple[str | None, str]:
    """The label of the innermost record around the clause, and the field inside it."""
    inside = path
    while "." in inside:
        record = writer.policy.addresses.get(inside)
        for key in _LABELS:
            label = _text(writer, record.get(key)) if isinstance(record, dict) else None
            if label is not None:
                return label, path[len(inside) + 1 :]
        inside = inside.rpartition(".")[0]
    return None, ""


def _text(writer: Writer, value: Json) -> str | None:
    """The text of the policy that the value is, or None."""
    if not isinstance(value, dict) or not value or not value.keys() <= set(writer.policy.languages):
        return None
    return said({code: str(text) for code, text in value.items()}, writer.speech.language)


def _clipped(text: str, language: str) -> str:
    most = _LONGEST[language]
    return text if len(text) <= most else f"{text[:most].rstrip()}…"


def _link(path: str, line: Line) -> Line:
    return (Span(plain(line), href=f"#{path}"),)
