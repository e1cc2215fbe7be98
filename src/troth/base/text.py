"""Text that exists in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

Text = Mapping[str, str]
"""A text by language code; which languages must be present is the policy's own list."""


def said(text: Text, language: str) -> str:
    """The text in `language`, or in the first language it exists in: a person is shown something, never nothing."""
    return text.get(language) or next(iter(text.values()))
