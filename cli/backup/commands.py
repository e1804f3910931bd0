"""Backs the service up while it runs, and restores it on an empty one.

All rows are read in one transaction, then the blobs. A blob exists before the rows that name it and is
deleted after them, so all that the rows name is there, unless something is deleted meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa
import typer
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

import migrations
from cli.backup.archive import Manifest, Reader, TableFile, Writer, reading, writing
from cli.backup.counters import read_counters, set_counters
from cli.backup.rows import dump, kinds_of, load
from cli.errors import CommandError
from cli.recount import recount
from store.database.columns import utc_now
from store.database.engine import Base, make_engine
from store.errors import BlobNotFoundError
from store.infrastructure.blobs import BlobStore, open_blobs
from store.settings import Settings

BLOBS = "datasets"
"""The prefix of all blobs but unfinished uploads."""
COUNTED = {"sample_counts", "decided_results", "result_counts"}
LEFT_OUT = {"uploads", *COUNTED}
"""Unfinished uploads: their bytes would be missing, and clients start over. Kept counts: a restore counts
anew.
"""


def backup(settings: Settings, path: Path) -> None:
    """Write everything into `path`. Raises `CommandError`."""
    if path.exists():
        raise CommandError(f"{path} exists: choose another name.")
    blobs = open_blobs(settings.resolved_blob_url)
    engine = make_engine(settings.resolved_database_url)
    try:
        with writing(path) as writer:
            manifest = _write_rows(writer, engine, settings)
            for key in blobs.keys(BLOBS):
                with suppress(BlobNotFoundError):  # deleted since it was listed
                    writer.add_blob(key, blobs.open_stream(key))
    finally:
        engine.dispose()
    num_rows = sum(table.count for table in manifest.tables)
    typer.echo(f"{path}: {num_rows} rows and {writer.num_blobs} files of {manifest.created_at}")


def restore(settings: Settings, path: Path) -> None:
    """Fill an empty service from `path`; bring it to the schema of this version. Raises `CommandError`."""
    blobs, url = open_blobs(settings.resolved_blob_url), settings.resolved_database_url
    with reading(path) as reader:
        _require_known(reader.manifest, url)
        _require_empty(url, blobs)
        migrations.upgrade(url, reader.manifest.revision)
        _load(reader, url, blobs)
    migrations.upgrade(url)
    recount(settings)
    num_rows = sum(table.count for table in reader.manifest.tables)
    typer.echo(f"{num_rows} rows of {reader.manifest.created_at} restored, with their files")


def _write_rows(writer: Writer, engine: Engine, settings: Settings) -> Manifest:
    with snapshot(engine) as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None or revision != _head(settings.resolved_database_url):
            raise CommandError("The database has the schema of another version: run `mslg migrate` first.")
        manifest = Manifest(revision=revision, created_at=utc_now().isoformat(timespec="seconds"))
        manifest.counters = read_counters(connection)
        for table in Base.metadata.sorted_tables:
            if table.name not in LEFT_OUT:
                kinds, key = kinds_of(table), [column.name for column in table.primary_key]
                found = writer.add_rows(table.name, dump(connection, table.name, kinds, key))
                manifest.tables.append(TableFile(table.name, *found, kinds, key))
    writer.add_manifest(manifest)
    return manifest


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the rows as they are now, whatever others commit meanwhile."""
    if engine.dialect.name == "sqlite":
        engine = engine.execution_options(sqlite_readonly=True)
    else:
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with engine.connect() as connection, connection.begin():
        yield connection


def _load(reader: Reader, url: str, blobs: BlobStore) -> None:
    """Store everything or nothing: the rows become visible after all blobs. Raises `CommandError`."""
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            _load_rows(reader, connection)
            for key, chunks in reader.blobs():
                blobs.put_stream(key, chunks)
    except BaseException:
        blobs.delete_prefix(BLOBS)
        raise
    finally:
        engine.dispose()


def _load_rows(reader: Reader, connection: Connection) -> None:
    """Insert all rows, read them back, and compare."""
    for table in reader.manifest.tables:
        with reader.rows(table) as lines:
            load(connection, table.name, table.kinds, lines)
    set_counters(connection, reader.manifest.counters)
    for table in reader.manifest.tables:
        _require_equal(connection, table)


def _require_equal(connection: Connection, table: TableFile) -> None:
    count, digest = 0, sha256()
    for line in dump(connection, table.name, table.kinds, table.key):
        count += 1
        digest.update(line)
    if (count, digest.hexdigest()) != (table.count, table.digest):
        raise CommandError(f"The rows of {table.name} differ after they were restored: nothing was stored.")


def _require_known(manifest: Manifest, url: str) -> None:
    known = {script.revision for script in _scripts(url).walk_revisions()}
    if manifest.revision not in known:
        raise CommandError("The backup is from a later version of mslg: install that version first.")


def _require_empty(url: str, blobs: BlobStore) -> None:
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            tables = set(sa.inspect(connection).get_table_names()) & set(Base.metadata.tables)
            counts = [connection.scalar(sa.text(f"SELECT count(*) FROM {name}")) for name in tables]  # noqa: S608
    finally:
        engine.dispose()
    if any(counts) or next(blobs.keys(BLOBS), None) is not None:
        raise CommandError("The service is not empty: restore into an empty database and an empty folder.")


def _head(url: str) -> str | None:
    return _scripts(url).get_current_head()


def _scripts(url: str) -> ScriptDirectory:
    return ScriptDirectory.from_config(migrations.config_for(url))
