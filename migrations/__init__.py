"""The database's schema, step by step, called from code: there is no alembic.ini to find."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def config_for(database_url: str) -> Config:
    """Alembic's configuration for one database; `alembic.command` takes it."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the database up to `revision`. Safe to call at every start, by several processes at once."""
    command.upgrade(config_for(database_url), revision)


def downgrade(database_url: str, revision: str) -> None:
    """Take the database back to `revision`; `base` empties it."""
    command.downgrade(config_for(database_url), revision)
