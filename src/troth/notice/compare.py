"""A page with two versions of a document side by side, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from troth.notice.model import Outline
from troth.notice.outline import outline
from troth.notice.pairs import compared
from troth.notice.places import particulars
from troth.notice.render import css
from troth.notice.speech import speech
from troth.policy.model import Policy


@dataclass(frozen=True)
class Stated:
    """One version as it is compared: the policy, how the version is called, and when it was published."""

    policy: Policy
    version: str
    published: date | None = None


def compare(
    old: Stated,
    new: Stated,
    language: str,
    *,
    stylesheet: str | None = None,
) -> str:
    """A page that stands alone, with both versions side by side and every change marked for eyes and for ears.

    `stylesheet` is the address from which `compare_css()` is served; without one the style is inside the page. The page
    has no script. Raises InputError `notice.no-language`.
    """
    before, after = (outline(one.policy, language, version=one.version, published=one.published) for one in (old, new))
    pairs, say = compared(before, after), _SAID[language]
    return (
        _templates()
        .get_template("compare.html.j2")
        .render(
            title=after.title,
            language=language,
            versions=(old.version, new.version),
            particulars=tuple(_particulars(before, after, say)),
            pairs=pairs,
            changes=tuple(pair for pair in pairs if pair.standing != "same"),
            unchanged=say["none" if old.policy.hash == new.policy.hash else "none-here"],
            say=say,
            skip=speech(language).plain("page.skip"),
            stylesheet=stylesheet,
            css=Markup(compare_css()),  # noqa: S704 (files of this package)
        )
    )


@cache
def compare_css() -> str:
    """The stylesheet of the page: that of the documents, and the marks."""
    return css() + files("troth.notice").joinpath("templates", "compare.css").read_text("utf-8")


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("troth.notice"), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )


def _particulars(old: Outline, new: Outline, say: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Term and words of each date, version and hash: from what it was to what it is."""
    before, after = ({one.key: one for one in particulars(each)} for each in (old, new))
    for key in {**before, **after}:
        one = after.get(key) or before[key]
        was, now = (each[key].told if key in each else "" for each in (before, after))
        term = say["of"].format(term=one.term, of=one.of) if one.of else one.term
        yield term, say[_turn(was, now)].format(old=was, new=now)


def _turn(old: str, new: str) -> str:
    if old == new:
        return "kept"
    if old and new:
        return "from-to"
    return "stated" if new else "unstated"


_SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "heading": "What changes",
        "old": "Before: version {version}",
        "new": "Now: version {version}",
        "none": "The two versions say the same.",
        "none-here": "In English, the two versions say the same.",
        "count": "{count} places differ. Each is marked and numbered below.",
        "one": "1 place differs. It is marked and numbered below.",
        "list": "Go to change",
        "ins": "[new: ",
        "ins-end": "]",
        "del": "[removed: ",
        "del-end": "]",
        "same": "Unchanged",
        "changed": "Change {number}",
        "added": "Change {number}: new",
        "removed": "Change {number}: removed",
        "nothing": "nothing",
        "particulars": "The two versions",
        "kept": "{new}",
        "from-to": "from {old} to {new}",
        "stated": "{new}, not stated before",
        "unstated": "{old} before, no longer stated",
        "of": "{term} ({of})",
    },
    "zh": {
        "heading": "变更内容",
        "old": "变更前：版本 {version}",
        "new": "变更后：版本 {version}",
        "none": "两个版本内容相同。",
        "none-here": "两个版本的中文文本相同。",
        "count": "共有 {count} 处不同，均在下文标明并编号。",
        "one": "共有 1 处不同，在下文标明并编号。",
        "list": "查看变更",
        "ins": "［新增：",
        "ins-end": "］",
        "del": "［删去：",
        "del-end": "］",
        "same": "未变",
        "changed": "变更 {number}",
        "added": "变更 {number}：新增",
        "removed": "变更 {number}：删除",
        "nothing": "无",
        "particulars": "两个版本",
        "kept": "{new}",
        "from-to": "由{old}变为{new}",
        "stated": "{new}（此前未写明）",
        "unstated": "此前为{old}，现未写明",
        "of": "{term}（{of}）",
    },
}
