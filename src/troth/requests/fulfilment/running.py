"""One attempt at a request, as every step of it is handed it."""

from __future__ import annotations

from typing import Protocol

from troth.base.work import Begin, Work
from troth.requests.model import Request
from troth.subjects.vault import Vault


class Running(Protocol):
    """One attempt at a request, as `fulfil` hands it to every step."""

    @property
    def begin(self) -> Begin:
        """Opens a unit of work."""
        ...

    @property
    def vault(self) -> Vault:
        """Opens what is sealed."""
        ...

    @property
    def request(self) -> Request:
        """The request as it stood when the attempt began."""
        ...

    def going(self, work: Work) -> Request:
        """The request in a step that writes."""
        ...
