"""Files that are listed elsewhere, such as those of a bucket, as an archive. Importable without torch."""

from collections import deque
from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from mslg_core import errors
from mslg_core.datasets.archives.archive import Archive, ArchiveEntry, ArchiveLimits, Meter

# Files that are read ahead of their use: a file of a bucket takes some time to arrive.
AHEAD = 32
THREADS = 16


class ListedFile(NamedTuple):
    """One file. read: its content, at most so many bytes of it. is_regular: False for links and devices."""

    name: str
    read: Callable[[int], bytes]
    is_regular: bool = True


class ListedFiles(Archive):
    """Files in a given order. They can be read again, so nobody needs to copy them.

    Args: files; limits, of which those on packed files do not matter.
    """

    def __init__(self, files: Sequence[ListedFile], limits: ArchiveLimits | None = None) -> None:
        super().__init__(Path(), limits or ArchiveLimits())
        self._files = files

    def close(self) -> None:
        """No file stays open between reads."""

    def chosen(self, names: Container[str]) -> Iterator[ArchiveEntry]:
        """See `Archive`. The next files are read meanwhile."""
        entries = (entry for entry in super().chosen(names) if isinstance(entry, _Entry))
        waiting: deque[tuple[_Entry, Future[bytes]]] = deque()
        with ThreadPoolExecutor(THREADS, thread_name_prefix="read-ahead") as threads:
            try:
                for entry in islice(entries, AHEAD):
                    waiting.append((entry, threads.submit(entry.fetch)))
                while waiting:
                    entry, content = waiting.popleft()
                    yield _Fetched(entry, content)
                    for following in islice(entries, 1):
                        waiting.append((following, threads.submit(following.fetch)))
            finally:
                threads.shutdown(cancel_futures=True)

    def _packed_bytes(self) -> int:
        return 0

    def _entries(self, meter: Meter) -> Iterator[tuple[str, errors.EntryError | None, ArchiveEntry | None]]:
        for file in self._files:
            meter.add_entry()
            yield file.name, _problem(file), _Entry(file, self._limits)


class _Entry(ArchiveEntry):
    def __init__(self, file: ListedFile, limits: ArchiveLimits) -> None:
        super().__init__(file.name)
        self._file, self._limits = file, limits

    def fetch(self) -> bytes:
        """The content, and one byte more than is allowed of a file that is too large."""
        return self._file.read(self._limit() + 1)

    def read(self, max_bytes: int | None = None) -> bytes:
        """See `ArchiveEntry`."""
        if max_bytes is None:
            return super().read()
        data = self._file.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise errors.EntryTooLargeError(f"The file is larger than {max_bytes:,} bytes.")
        return data

    def _open(self) -> BinaryIO:
        return BytesIO(self.fetch())

    def _limit(self) -> int:
        return self._limits.file_bytes

    def _count(self, num_bytes: int) -> None:
        """Nothing: the file is not packed."""


class _Fetched(_Entry):
    """An entry whose content is on its way."""

    def __init__(self, entry: _Entry, content: "Future[bytes]") -> None:
        super().__init__(entry._file, entry._limits)
        self._content = content

    def fetch(self) -> bytes:
        """See `_Entry`."""
        return self._content.result()


def _problem(file: ListedFile) -> errors.EntryError | None:
    if file.is_regular:
        return None
    return errors.LinkError("Links and devices are not read: replace the link with the file.")
