"""The world of the pages, for browsers."""

from tests.web.conftest import own, world

__all__ = ["own", "world"]
