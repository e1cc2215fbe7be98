"""What a benchmark is, and how its figures are shown."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

FAMILIES = ("start", "policy", "decision", "consent", "journal", "plan", "request", "portal")


@dataclass(frozen=True)
class Figure:
    """One measured figure. `goal` is the most it should be, the least where `higher`; None: it is only shown."""

    name: str
    value: float
    unit: str
    goal: float | None
    against: str
    higher: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the goal is met."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.higher else self.value <= self.goal


Measure = Callable[[], Iterable[Figure]]


def machine() -> str:
    """The machine in one line."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    return f"{os.cpu_count()} × {model}, Python {platform.python_version()}, {platform.system()} {platform.release()}"


def best_seconds(command: list[str], times: int = 5) -> float:
    """The quickest of several runs of a whole process, in seconds."""
    program = (
        "import subprocess,sys,time\n"
        "s=time.perf_counter();subprocess.run(sys.argv[1:],check=True,stdout=subprocess.DEVNULL);print(time.perf_counter()-s)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", program, *command], check=True, capture_output=True, text=True)
        for _ in range(times)
    ]
    return min(float(run.stdout) for run in runs)


def table(figures: list[Figure]) -> str:
    """The figures as text, one a line."""
    width = max(len(figure.name) for figure in figures)
    rows = [f"{'figure':<{width}}  {'value':>12} {'goal':>12}  met  against"]
    for figure in figures:
        goal = "" if figure.goal is None else f"{'≥' if figure.higher else '≤'} {figure.goal:g}"
        met = {True: "yes", False: "NO", None: "–"}[figure.met]
        rows.append(
            f"{figure.name:<{width}}  {figure.value:>9.4g} {figure.unit:<3} {goal:>11}  {met:<3}  {figure.against}"
        )
    return "\n".join([*rows, f"machine: {machine()}"])


def as_json(figures: list[Figure]) -> str:
    """The same for a program."""
    rows = [{**asdict(figure), "met": figure.met, "machine": machine()} for figure in figures]
    return json.dumps(
        [{key: value for key, value in row.items() if key != "higher"} for row in rows], indent=2, ensure_ascii=False
    )
