"""The document as HTML, a fragment to put into a page or a page that stands alone; and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from troth.notice.markdown import markdown
from troth.notice.model import Block, Outline
from troth.notice.outline import outline
from troth.notice.speech import speech
from troth.policy.model import Policy

__all__ = ["css", "markdown", "page", "render"]

_NO_OTHERS: Mapping[str, str] = {}


def render(policy: Policy, language: str, *, version: str, published: date | None = None) -> str:
    """The document as one `<article>`, with a contents list and an anchor for every clause.

    It holds no script and no style; `css()` is written for it. Raises InputError `notice.no-language`.
    """
    return _article(outline(policy, language, version=version, published=published))


def page(
    policy: Policy,
    language: str,
    *,
    version: str,
    published: date | None = None,
    stylesheet: str | None = None,
    others: Mapping[str, str] = _NO_OTHERS,
) -> str:
    """The document as a whole page, readable on a telephone, on paper and by a screen reader, without script.

    `stylesheet` is the address from which `css()` is served, so that a strict content security policy can be kept;
    without one the style is inside the page. `others` are the addresses of the same document by language. Raises
    InputError `notice.no-language`.
    """
    document = outline(policy, language, version=version, published=published)
    return (
        _templates()
        .get_template("page.html.j2")
        .render(
            document=document,
            notice=Markup(_article(document)),  # noqa: S704 (written by our own template, escaped there)
            say=speech(language).plain,
            stylesheet=stylesheet,
            css=Markup(css()),  # noqa: S704 (a file of this package)
            others=others,
            named={other: speech(other).tongue(other) for other in others},
        )
    )


@cache
def css() -> str:
    """The stylesheet of the page."""
    return files("troth.notice").joinpath("templates", "notice.css").read_text("utf-8")


def _article(document: Outline) -> str:
    say = speech(document.language).plain
    return _templates().get_template("notice.html.j2").render(document=document, say=say)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("troth.notice"), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    environment.filters["kind"] = _kind
    return environment


def _kind(block: Block) -> str:
    """Which macro writes a block."""
    return type(block).__name__
