"""What is kept in a database: SQLite by default, PostgreSQL by URL."""
