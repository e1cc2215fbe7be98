"""The connector for SQL databases: SQLite, PostgreSQL and MariaDB."""
