"""Django's PostgreSQL driver, asked less."""
