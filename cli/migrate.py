"""`mslg migrate`: upgrades the database to the schema of this version."""

import migrations
from store.settings import get_settings


def migrate() -> None:
    """Create or upgrade the tables."""
    migrations.upgrade(get_settings().resolved_database_url)
