"""Troth as another program asks it, in its own process: `may` for one question, `Client` for many."""

from troth.client.client import Client, may

__all__ = ["Client", "may"]
