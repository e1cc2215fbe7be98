"""A process that gives and withdraws consents until it is killed, and says on its output what was committed.

python -m tests.journal.writer URL SUBJECT SEED [ROUNDS]
"""

from __future__ import annotations

import base64
import os
import random
import sys

from tests.consent.people import HOW, VAULT
from troth.app.clock import SystemClock
from troth.app.database import open_engine
from troth.base.work import Work
from troth.consent import service
from troth.journal.model import Signer
from troth.journal.service import checkpoint
from troth.versions.service import current

SIGNER = Signer.from_seed("log.example", bytes(range(32)))
_SIGN_EVERY = 5


def main(url: str, subject: str, seed: int, rounds: int) -> None:
    engine, clock, entropy = open_engine(url), SystemClock(), random.Random(seed).randbytes
    for number in range(rounds):
        with engine.begin() as connection:
            work = Work(connection, clock.now(), entropy)
            version = current(work)
            if number % 2:
                event = service.withdraw(work, VAULT, version, subject, "push", **HOW)
            else:
                event = service.give(work, VAULT, version, subject, "push", grade="explicit", **HOW)
        _say(f"done {event.id} {event.entry}")
        if number % _SIGN_EVERY == 0:
            with engine.begin() as connection:
                note = checkpoint(Work(connection, clock.now(), entropy), SIGNER)
            _say(f"signed {base64.b64encode(note.encode()).decode()}")


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else sys.maxsize)
