"""What a published version is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from troth.policy.model import Policy


@dataclass(frozen=True)
class Version:
    """An immutable published state of a policy, with the data maps that were published together with it.

    `id` is such as `kaiconn:1`; `hash` is the policy's own; `maps` are plain JSON by name of store; `entry` is the
    index of the journal entry that tells of the publication.
    """

    id: str
    name: str
    number: int
    policy: Policy = field(repr=False)
    maps: Mapping[str, Any] = field(repr=False)
    hash: str
    published_at: datetime
    entry: int
