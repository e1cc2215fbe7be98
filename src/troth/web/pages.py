"""Turns a template and values into an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse

from troth.base.text import LANGUAGES, said
from troth.requests.texts import LONGEST
from troth.web.assets import read_assets
from troth.web.i18n import NAMES, TAGS, Words
from troth.web.sessions import Kind
from troth.web.visit import Visit

SEE_OTHER: Final = 303  # after a form was taken: the browser fetches a page, and reloading it sends nothing again


def environment() -> Environment:
    """The templates of the portal, the console and both; everything that is put into them is escaped."""
    loader = PrefixLoader(
        {
            "web": PackageLoader("troth.web"),
            "portal": PackageLoader("troth.web.portal"),
            "console": PackageLoader("troth.web.console"),
        }
    )
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["assets"] = {name: f"/static/{asset.name}" for name, asset in read_assets().items()}
    made.globals["languages"] = LANGUAGES
    made.globals["tags"] = TAGS
    made.globals["language_names"] = NAMES
    made.filters["pretty"] = _pretty
    made.filters["clause"] = _clause
    made.globals["said"] = said
    made.globals["longest_text"] = LONGEST
    return made


def _pretty(value: object) -> str:
    """A JSON value over several lines."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)


def _clause(value: object, words: Words) -> str:
    """The value of a clause on one line: a text in the reader's language, a group by the number of its parts."""
    if isinstance(value, Mapping):
        texts = {str(name): text for name, text in value.items() if name in LANGUAGES and isinstance(text, str)}
        return said(texts, words.language) if texts else words.count("clauses.parts", len(value))
    if isinstance(value, list):
        return words("list.comma").join(_clause(one, words) for one in value)
    return str(value)


TEMPLATES: Final = environment()


def page(visit: Visit, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """The page in the visitor's language; a language asked for in the URL is remembered."""
    words = visit.words
    text = TEMPLATES.get_template(template).render(
        visit=visit,
        words=words,
        t=words,
        choice=words.choice,
        count=words.count,
        here=visit.request.url.path,
        signed_in=Kind.PERSON in visit.sessions,
        staff_in=Kind.STAFF in visit.sessions,
        **values,
    )
    response = HTMLResponse(text, status, headers={"Content-Language": words.tag, "Vary": "Accept-Language, Cookie"})
    if "lang" in visit.request.query_params:
        visit.cookies.remember_language(response, words.language)
    return response


def go(address: str) -> RedirectResponse:
    """Lead to another page after a form was taken."""
    return RedirectResponse(address, SEE_OTHER)
