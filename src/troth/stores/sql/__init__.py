"""The connector for SQL databases: SQLite and PostgreSQL."""
