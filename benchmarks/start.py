"""How long one waits for the program to be there."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.harness import Figure, Measure, best_seconds


def importing() -> Iterable[Figure]:
    """A whole process that imports the package, against one that imports nothing."""
    bare = best_seconds([sys.executable, "-c", "pass"])
    yield Figure(
        "start.import", best_seconds([sys.executable, "-c", "import troth"]), "s", 0.3, f"bare interpreter {bare:.3f} s"
    )


def helping() -> Iterable[Figure]:
    """The whole of `troth --help`."""
    program = str(Path(sys.executable).with_name("troth"))
    bare = best_seconds([sys.executable, "-c", "import typer"])
    yield Figure("start.help", best_seconds([program, "--help"]), "s", 0.6, f"import of typer alone {bare:.3f} s")


BENCHMARKS: dict[str, Measure] = {"start.import": importing, "start.help": helping}
