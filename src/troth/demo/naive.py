"""Counts a customer's rows the obvious way: hand-written SQL for this one company, without data map or plan.

It is what the copies and erasures of the story are held against.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

_THEIRS = {
    "customers": "SELECT id FROM customers WHERE email = :email",
    "devices": "SELECT id FROM devices WHERE customer_id IN (SELECT id FROM customers WHERE email = :email)",
    "device_logs": "SELECT id FROM device_logs WHERE device_id IN (SELECT id FROM devices WHERE customer_id IN "
    "(SELECT id FROM customers WHERE email = :email))",
    "push_tokens": "SELECT id FROM push_tokens WHERE device_id IN (SELECT id FROM devices WHERE customer_id IN "
    "(SELECT id FROM customers WHERE email = :email))",
    "orders": "SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE email = :email)",
    "order_lines": "SELECT id FROM order_lines WHERE order_id IN (SELECT id FROM orders WHERE customer_id IN "
    "(SELECT id FROM customers WHERE email = :email))",
    "tickets": "SELECT id FROM tickets WHERE customer_id IN (SELECT id FROM customers WHERE email = :email)",
    "messages": "SELECT id FROM messages WHERE ticket_id IN (SELECT id FROM tickets WHERE customer_id IN "
    "(SELECT id FROM customers WHERE email = :email))",
}


def ids(company: sa.Engine, email: str) -> Mapping[str, frozenset[int]]:
    """The keys of every row that belongs to the customer with this e-mail address, by table."""
    with company.connect() as connection:
        return {
            table: frozenset(connection.scalars(sa.text(statement), {"email": email}))
            for table, statement in _THEIRS.items()
        }


def sizes(company: sa.Engine) -> Mapping[str, int]:
    """How many rows each table has."""
    with company.connect() as connection:
        return {table: int(connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0) for table in _THEIRS}  # noqa: S608  # names are ours


def exists(company: sa.Engine) -> bool:
    """Whether the company's database has been made."""
    return bool(sa.inspect(company).has_table("customers"))
