"""Alembic migrations of the database schema, run from code without an alembic.ini.
May import: `store`.
Start reading: `versions/0001_the_first_tables.py`.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config


def config_for(database_url: str) -> Config:
    """Alembic's configuration for one database, an argument of `alembic.command`."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Upgrade the database to `revision`. Several processes may call it at every start, concurrently."""
    command.upgrade(config_for(database_url), revision)


def downgrade(database_url: str, revision: str) -> None:
    """Downgrade the database to `revision`; `base` removes all tables."""
    command.downgrade(config_for(database_url), revision)
