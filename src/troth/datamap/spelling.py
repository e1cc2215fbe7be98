"""Functions of our own in statements, each spelt in every database's SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class Made(FunctionElement[Any]):
    """A function of our own, of these parts; without a spelling it is its first part."""

    inherit_cache = True

    def __init__(self, *parts: sa.ColumnElement[Any], type_: sa.types.TypeEngine[Any] | None = None) -> None:
        super().__init__(*parts)
        self.type = sa.types.NULLTYPE if type_ is None else type_

    def words(self, compiler: SQLCompiler, **how: Any) -> list[str]:
        """The parts in SQL."""
        return [compiler.process(one, **how) for one in self.clauses]


def spelt(kind: type[Made], anywhere: str = "", **on: str) -> None:
    """Say how a function is written: `on` these databases, and `anywhere` else; `{0}` is its first part in SQL."""
    for spelling, where in ((anywhere, ()), *((template, (dialect,)) for dialect, template in on.items())):
        if spelling:
            compiles(kind, *where)(_writer(spelling))


def _writer(spelling: str) -> Callable[..., str]:
    def write(made: Made, compiler: SQLCompiler, **how: Any) -> str:
        return spelling.format(*made.words(compiler, **how))

    return write


spelt(Made, "{0}")
