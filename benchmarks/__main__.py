"""`make bench`: every benchmark, or those whose name begins with ONLY."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import authzen, consent, decision, journal, plans, policy, requests, start, story
from benchmarks.harness import FAMILIES, Figure, Measure, as_json, table

BENCHMARKS: dict[str, Measure] = {
    **start.BENCHMARKS,
    **decision.BENCHMARKS,
    **authzen.BENCHMARKS,
    **consent.BENCHMARKS,
    **journal.BENCHMARKS,
    **policy.BENCHMARKS,
    **plans.BENCHMARKS,
    **requests.BENCHMARKS,
    **story.BENCHMARKS,
}
"""By the names of their figures, joined with commas where one run gives several."""


def main() -> int:
    """Run, print, and write JSON where asked; 2 if no name matches."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--only", default="", help="names, or beginnings of names, separated by commas")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    arguments = parser.parse_args()
    wanted = tuple(part.strip() for part in arguments.only.split(",") if part.strip())
    figures = [
        figure for names, measure in BENCHMARKS.items() if _asked(names, wanted) for figure in _run(names, measure)
    ]
    figures = [figure for figure in figures if not wanted or figure.name.startswith(wanted)]
    if not figures:
        sys.stderr.write(f"no benchmark begins with {arguments.only}; families: {', '.join(FAMILIES)}\n")
        return 2
    print(table(figures))
    if arguments.json:
        arguments.json.write_text(as_json(figures) + "\n", encoding="utf-8")
    return 0


def _asked(names: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or any(name.startswith(wanted) for name in names.split(","))


def _run(names: str, measure: Measure) -> list[Figure]:
    sys.stderr.write(f"measuring {names} …\n")
    return list(measure())


if __name__ == "__main__":
    sys.exit(main())
