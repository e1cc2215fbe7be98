"""What the commands share once they run: the built application and the person that an argument names."""

from __future__ import annotations

from troth.app.application import Application
from troth.app.build import build
from troth.app.settings import read_settings
from troth.base.errors import InputError
from troth.base.work import Work
from troth.subjects.identifier import Identifier, identifier
from troth.subjects.service import find


def opened() -> Application:
    """The application as the environment describes it."""
    return build(read_settings())


def named(text: str) -> Identifier:
    """The identifier in `phone:…`, `email:…`.

    Raises:
        InputError: it is not of that form.
    """
    kind, colon, value = text.partition(":")
    if not colon:
        raise InputError(
            "subjects.unnamed", "the subject is not of the form kind:value", hint="like phone:+8613… or email:name@host"
        )
    return identifier(kind, value)


def subject(app: Application, work: Work, text: str) -> str:
    """The id of the person that `text` names.

    Raises:
        InputError: nobody of that name is known.
    """
    if text.startswith("sub-"):
        return text
    known = find(work, app.vault, named(text))
    if known is None:
        raise InputError(
            "subjects.unknown", "nobody is known by that identifier", hint="`troth subject register` makes them known"
        )
    return known
