"""Lint findings, printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from troth.policy.lint import Finding
from troth.policy.model import Policy

_SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "error": "error",
        "warning": "warning",
        "note": "note",
        "finding": "{place}{severity}: {message} [{rule}, {clause}]",
        "hint": "  hint: {hint}",
        "summary": "{policy}: {count} findings, {errors} of them errors; data maps: {maps}",
        "hash": "hash {hash}",
    },
    "zh": {
        "error": "错误",
        "warning": "警告",
        "note": "提示",
        "finding": "{place}{severity}：{message} [{rule}, {clause}]",
        "hint": "  建议：{hint}",
        "summary": "{policy}：共 {count} 项发现，其中错误 {errors} 项；数据地图 {maps} 份",
        "hash": "校验值 {hash}",
    },
}


def lines(findings: Iterable[Finding], language: str) -> list[str]:
    """One line a finding, and one with what to do."""
    return [line for finding in findings for line in _lines(finding, _SAID[language])]


def summary(policy: Policy, findings: Sequence[Finding], maps: int, language: str) -> list[str]:
    """How many there are, and of which policy."""
    say, errors = _SAID[language], sum(finding.severity == "error" for finding in findings)
    return [
        say["summary"].format(policy=policy.name, count=len(findings), errors=errors, maps=maps),
        say["hash"].format(hash=policy.hash),
    ]


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


def _lines(finding: Finding, say: Mapping[str, str]) -> list[str]:
    head = say["finding"].format(
        place=f"{finding.where}: " if finding.where else "",
        severity=say[finding.severity],
        message=finding.message,
        rule=finding.rule,
        clause=finding.clause,
    )
    return [head, say["hint"].format(hint=finding.hint)] if finding.hint else [head]
