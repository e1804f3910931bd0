"""The database of the service, and the addresses of its links."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from cli.errors import CommandError
from store.accounts.links import create_first_link, link_path
from store.accounts.users import has_administrator
from store.database.engine import make_engine, session_scope
from store.errors import StoreError
from store.settings import Settings, get_settings


@contextmanager
def accounts_session() -> Iterator[Session]:
    """A transaction on the migrated database. Raises `CommandError` for what the user can mend."""
    from cli.migrate import migrate

    migrate()
    engine = make_engine(get_settings().resolved_database_url)
    try:
        with session_scope(engine) as session:
            yield session
    except StoreError as error:
        raise CommandError(str(error)) from error
    finally:
        engine.dispose()


def link_url(secret: str, url: str = "") -> str:
    """The address of a password link: below MSLG_PUBLIC_URL, else `url`, else the host and port."""
    settings = get_settings()
    base = settings.public_url or url or f"http://{settings.host}:{settings.port}"
    return base.rstrip("/") + link_path(secret)


def print_first_link(settings: Settings, url: str) -> None:
    """Print a link for the first administrator, if there are accounts and nobody administers them."""
    if not settings.accounts:
        return
    engine = make_engine(settings.resolved_database_url)
    with session_scope(engine) as session:
        secret = None if has_administrator(session) else create_first_link(session)
    engine.dispose()
    if secret is not None:
        print(f"Set up the first administrator: {link_url(secret, url)}", flush=True)  # noqa: T201
