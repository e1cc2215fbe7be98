"""Lint findings, printed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from troth.policy.lint import Finding


def lines(findings: Iterable[Finding]) -> list[str]:
    """One line a finding, and one with what to do."""
    return [line for finding in findings for line in _lines(finding)]


def values(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The same for a program."""
    return [
        {
            "rule": finding.rule,
            "severity": finding.severity,
            "clause": finding.clause,
            "message": finding.message,
            "hint": finding.hint,
            "where": str(finding.where) if finding.where else None,
        }
        for finding in findings
    ]


def _lines(finding: Finding) -> list[str]:
    place = f"{finding.where}: " if finding.where else ""
    head = f"{place}{finding.severity}: {finding.message} [{finding.rule}, {finding.clause}]"
    return [head, f"  hint: {finding.hint}"] if finding.hint else [head]
