"""Reads pages as a person does: what they say, where their links lead, which forms they have."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_SILENT = {"style", "script", "title"}
_VOID = {"input", "meta", "link", "img", "br", "hr"}


@dataclass
class FormFound:
    """A form: where it goes, how, its fields with their values, and its buttons' names, values and words."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """One page, read."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.forms: list[FormFound] = []
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.title = ""
        self._open: list[str] = []
        self._words: list[str] = []
        self._link: str | None = None
        self._said: list[str] = []
        self._button: tuple[str, str] | None = None
        self.feed(source)
        self.close()

    @property
    def text(self) -> str:
        """Everything that is said on the page, with single spaces."""
        return " ".join(" ".join(self._words).split())

    def form(self, action: str) -> FormFound:
        (found,) = [form for form in self.forms if form.action == action]
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if "id" in given:
            self.ids.append(given["id"])
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "a" and "href" in given:
            self._link, self._said = given["href"], []
        elif tag == "form":
            self.forms.append(FormFound(given.get("action", ""), given.get("method", "get")))
        elif tag in {"input", "select"} and self.forms and "name" in given:
            self._field(given)
        elif tag == "button":
            self._button, self._said = (given.get("name", ""), given.get("value", "")), []
        elif tag == "h1":
            self._said = []

    def _field(self, given: dict[str, str]) -> None:
        if given.get("type") not in {"radio", "checkbox"} or "checked" in given:
            self.forms[-1].fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        said = " ".join(" ".join(self._said).split())
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "a" and self._link is not None:
            self.links.append((self._link, said))
            self._link = None
        elif tag == "button" and self._button is not None:
            self.forms[-1].buttons.append((*self._button, said))
            self._button = None
        elif tag == "h1":
            self.headings.append(said)

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title":
            self.title += data
        if not _SILENT & set(self._open):
            self._words.append(data)
            self._said.append(data)
