"""Only the owner migrates: the web role could not, and `default` and `owner` are one database."""


class OwnerMigrates:
    """Database router: every table is read and written through `default`, made through `owner`."""

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        """True only for the `owner` alias."""
        return db == "owner"
