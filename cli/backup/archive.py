"""The file: a tar of `manifest.json`, one compressed file of rows per table, the blobs, and `end.json`."""

import gzip
import json
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from cli.backup.rows import Kind
from cli.errors import CommandError
from store.infrastructure.blobs import READ_CHUNK_BYTES, BlobStream

MANIFEST = "manifest.json"
END = "end.json"
FORMAT = "mslg-backup-1"


@dataclass
class TableFile:
    """The rows of one table: how many, their SHA-256, and the columns."""

    name: str
    count: int
    digest: str
    kinds: dict[str, Kind]
    key: list[str]


@dataclass
class Manifest:
    """What a backup holds. Tables are in the order in which they are restored."""

    revision: str
    created_at: str
    format: str = FORMAT
    tables: list[TableFile] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)


class Writer:
    """Writes a backup. Rows lie in a temporary folder until the manifest, which counts them, is written."""

    def __init__(self, tar: tarfile.TarFile, folder: Path) -> None:
        self._tar = tar
        self._folder = folder
        self._blobs = sha256()
        self.num_blobs = 0

    def add_rows(self, name: str, lines: Iterable[bytes]) -> tuple[int, str]:
        """Keep a table's lines; return their number and digest."""
        count, digest = 0, sha256()
        with gzip.open(self._folder / name, "wb", compresslevel=1) as file:
            for line in lines:
                file.write(line)
                digest.update(line)
                count += 1
        return count, digest.hexdigest()

    def add_manifest(self, manifest: Manifest) -> None:
        """Write the manifest and all rows."""
        self._add_json(MANIFEST, asdict(manifest))
        for table in manifest.tables:
            path = self._folder / table.name
            with path.open("rb") as file:
                self._add(f"tables/{table.name}.jsonl.gz", path.stat().st_size, file)
            path.unlink()

    def add_blob(self, key: str, blob: BlobStream) -> None:
        """Write a blob."""
        with tempfile.TemporaryFile(dir=self._folder) as file:  # a tar wants the size first, and exactly
            for chunk in blob.chunks:
                file.write(chunk)
                self._blobs.update(chunk)
            size = file.tell()
            file.seek(0)
            self._add(f"blobs/{key}", size, file)
        self.num_blobs += 1

    def add_end(self) -> None:
        """Say that this is all."""
        self._add_json(END, {"num_blobs": self.num_blobs, "digest": self._blobs.hexdigest()})

    def _add_json(self, name: str, content: dict[str, Any]) -> None:
        data = json.dumps(content, indent=1).encode()
        self._add(name, len(data), BytesIO(data))

    def _add(self, name: str, size: int, file: IO[bytes]) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self._tar.addfile(entry, file)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A new backup, which appears only once it is complete."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with (
            tempfile.TemporaryDirectory(prefix="mslg-", dir=path.parent) as folder,
            tarfile.open(unfinished, "w") as tar,
        ):
            unfinished.chmod(0o600)
            writer = Writer(tar, Path(folder))
            yield writer
            writer.add_end()
        unfinished.rename(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


class Reader:
    """Reads a backup in the order in which it was written."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.manifest = self._read_manifest()

    def _read_manifest(self) -> Manifest:
        entry = self._tar.next()
        file = None if entry is None or entry.name != MANIFEST else self._tar.extractfile(entry)
        content: dict[str, Any] = {} if file is None else json.load(file)
        if content.get("format") != FORMAT:
            raise CommandError("This file is no backup of this version of mslg or an earlier one.")
        tables = [
            TableFile(**table | {"kinds": {name: Kind(kind) for name, kind in table["kinds"].items()}})
            for table in content["tables"]
        ]
        return Manifest(**content | {"tables": tables})

    @contextmanager
    def rows(self, table: TableFile) -> Iterator[Iterator[bytes]]:
        """The lines of the next table. Raises `CommandError` at the end if they are not those written."""
        entry = self._tar.next()
        file = None if entry is None else self._tar.extractfile(entry)
        if entry is None or entry.name != f"tables/{table.name}.jsonl.gz" or file is None:
            raise CommandError(f"The backup is incomplete: the table {table.name} is missing.")
        digest = sha256()

        def lines() -> Iterator[bytes]:
            for line in gzip.GzipFile(fileobj=file):
                digest.update(line)
                yield line

        yield lines()
        if digest.hexdigest() != table.digest:
            raise CommandError(f"The backup is damaged: the rows of {table.name} are not those written.")

    def blobs(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """The keys and contents of all blobs, which are to be read at once. Raises `CommandError` at the end
        if they are not those written.
        """
        count, digest = 0, sha256()

        def chunks(file: IO[bytes]) -> Iterator[bytes]:
            while chunk := file.read(READ_CHUNK_BYTES):
                digest.update(chunk)
                yield chunk

        while (entry := self._tar.next()) is not None and (file := self._tar.extractfile(entry)) is not None:
            if entry.name == END:
                if json.load(file) == {"num_blobs": count, "digest": digest.hexdigest()}:
                    return
                break
            yield entry.name.removeprefix("blobs/"), chunks(file)
            count += 1
        raise CommandError("The backup is incomplete or damaged: its files are not those written.")


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """An existing backup. Raises `CommandError`."""
    try:
        with tarfile.open(path, "r:") as tar:
            yield Reader(tar)
    except (OSError, EOFError, tarfile.TarError) as error:
        raise CommandError(f"The backup {path} cannot be read: {error}") from error
