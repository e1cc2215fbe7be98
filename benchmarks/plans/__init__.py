"""Plans for databases and files, beside what a person would write by hand for the same work."""

from __future__ import annotations

from benchmarks.harness import Measure
from benchmarks.plans.databases import erasing
from benchmarks.plans.files import files
from benchmarks.plans.package import one_package

BENCHMARKS: dict[str, Measure] = {
    "plan.erase,plan.access,plan.statements,plan.growth": erasing,
    "plan.million_rows,plan.million_rows_memory": one_package,
    "plan.parquet": files,
}
"""By the beginnings of the names of their figures."""
