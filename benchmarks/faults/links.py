"""TCP proxies, one between each pair of processes, whose connections can be cut, held up and delayed."""

import asyncio
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

PIECE = 64 * 1024


class Link:
    """The network between two processes: forwards connections to `target`, a port of this machine."""

    def __init__(self, name: str, target: int) -> None:
        self.name, self.target = name, target
        self.port = 0
        self._open = True
        self._delay = 0.0
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def listen(self) -> None:
        """Begin to accept connections, at `port`."""
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = int(server.sockets[0].getsockname()[1])

    def cut(self) -> None:
        """Reset all connections, and refuse new ones."""
        self._open = False
        for writer in list(self._writers):
            writer.transport.abort()

    def hold(self) -> None:
        """Forward nothing; connections stay open."""
        self._flowing.clear()

    def slow_down(self, seconds: float) -> None:
        """Deliver everything later."""
        self._delay = seconds

    def mend(self) -> None:
        """Work as usual again."""
        self._open, self._delay = True, 0.0
        self._flowing.set()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            writer.transport.abort()
            return
        try:
            onward = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, onward[1]}
        self._writers |= ends
        await asyncio.gather(self._pump(reader, onward[1]), self._pump(onward[0], writer))
        self._writers -= ends

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(PIECE):
                await asyncio.sleep(self._delay)
                await self._flowing.wait()
                writer.write(piece)
                await writer.drain()
        writer.close()


class Network:
    """All links. They live in a thread of their own; calls from other threads take effect at once."""

    def __init__(self, loop: asyncio.AbstractEventLoop, links: Mapping[str, Link]) -> None:
        self._loop, self._links = loop, links

    @property
    def names(self) -> list[str]:
        """The names of the links."""
        return list(self._links)

    def port(self, name: str) -> int:
        """Where to connect to, instead of the link's target."""
        return self._links[name].port

    def cut(self, name: str) -> None:
        """See `Link.cut`."""
        self._loop.call_soon_threadsafe(self._links[name].cut)

    def hold(self, name: str) -> None:
        """See `Link.hold`."""
        self._loop.call_soon_threadsafe(self._links[name].hold)

    def slow_down(self, name: str, seconds: float) -> None:
        """See `Link.slow_down`."""
        self._loop.call_soon_threadsafe(self._links[name].slow_down, seconds)

    def mend(self, name: str) -> None:
        """See `Link.mend`."""
        self._loop.call_soon_threadsafe(self._links[name].mend)


@contextmanager
def networking(targets: Mapping[str, int]) -> Iterator[Network]:
    """Links by name, to these ports, during the block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="network")
    thread.start()
    links = {name: Link(name, target) for name, target in targets.items()}
    try:
        asyncio.run_coroutine_threadsafe(_listen(links.values()), loop).result()
        yield Network(loop, links)
    finally:
        asyncio.run_coroutine_threadsafe(_end_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _listen(links: Iterable[Link]) -> None:
    for link in links:
        await link.listen()


async def _end_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
