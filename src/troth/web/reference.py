"""The page that lists every address of the web application; a test keeps it current."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from troth.web.access import declared

_HEAD = """# Addresses of the web application

Written by `troth.web.reference.reference`; do not edit. Who may call an address is declared by its route, and a route
that declares nobody is refused to everybody. *public* is anybody, *person* somebody who signed in to what is theirs,
*staff* somebody whose e-mail address the settings name, *program* a program whose key they name, *agent* an agent of
the directory that `troth agent list` shows. Addresses with `POST` that are for people and staff take forms of our own
pages only.

| method | address | who | what |
|---|---|---|---|
"""


def reference(web: FastAPI) -> str:
    """Markdown: one line an address, in alphabetical order."""
    return _HEAD + "".join(sorted(_lines(web)))


def _lines(web: FastAPI) -> Iterable[str]:
    for route in iter_route_contexts(web.routes):
        for method in sorted(route.methods or ()):
            what = (route.endpoint.__doc__ or "").partition("\n")[0]
            yield f"| {method} | `{route.path}` | {declared(route)} | {what} |\n"
