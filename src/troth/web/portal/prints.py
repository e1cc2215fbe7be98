"""Published versions as PDF, set once and kept in memory for whoever asks next: a version never changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Final

from troth.notice.compare import Stated
from troth.notice.pdf import pdf

_MOST: Final = 8
"""Documents that are kept; one of a long policy has less than a megabyte."""


class Prints:
    """The documents of one server."""

    def __init__(self, fonts: Path) -> None:
        self._fonts = fonts
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._lock = Lock()

    def of(self, stated: Stated, language: str, before: Callable[[], None]) -> bytes:
        """The document; `before` is asked whether one more may be set, which takes much longer than giving it out.

        Raises:
            UnavailableError: `notice.no-typst` or `notice.pdf-failed`.
        """
        key = (stated.version, language)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            before()
            made = pdf(
                stated.policy, language, version=stated.version, published=stated.published, fonts=(self._fonts,)
            )
            self._kept[key] = made
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
            return made
