"""A TCP proxy that is slow, counts bytes and cuts connections, as a bad network does."""

import socket
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

PIECE = 64 * 1024
# What waits in buffers is thrown away.
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class CuttingProxy:
    """Forwards connections to `port` of the loopback address. Start it with `proxying`.

    cuts: after how many bytes towards the service a connection is reset, in increasing order. What is on the
    way then is lost on both sides. rate: bytes per second towards the service.
    """

    def __init__(self, port: int, cuts: Sequence[int], rate: float) -> None:
        self._target = port
        self._cuts = list(cuts)
        self._rate = rate
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        # Connections inherit it: a client must not run far ahead of what is forwarded.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE)
        self.num_cuts = 0
        self.bytes_in = 0
        """Bytes that came from clients, headers included."""

    @property
    def port(self) -> int:
        """Where clients connect to."""
        return int(self._listener.getsockname()[1])

    def serve(self) -> None:
        """Accept connections until `close`."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                thread = threading.Thread(target=self._connect, args=(client,))
                self._threads.append(thread)
                thread.start()

    def close(self) -> None:
        """End all connections."""
        with self._listener:
            self._listener.shutdown(socket.SHUT_RDWR)
        for end in list(self._open):
            _shut(end)
        for thread in self._threads:
            thread.join()

    def _connect(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self._target)) as server:
            self._open |= {client, server}
            back = threading.Thread(target=_return, args=(client, server))
            back.start()
            with suppress(OSError):
                self._forward(client, server)
            _shut(server)
            back.join()
            self._open -= {client, server}

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        while piece := client.recv(PIECE):
            if self._is_cut(len(piece)):
                for end in (client, server):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                return
            server.sendall(piece)
            time.sleep(len(piece) / self._rate)

    def _is_cut(self, size: int) -> bool:
        with self._lock:
            self.bytes_in += size
            if not self._cuts or self.bytes_in < self._cuts[0]:
                return False
            del self._cuts[0]
            self.num_cuts += 1
            return True


def _return(client: socket.socket, server: socket.socket) -> None:
    """Forward what the service answers."""
    with suppress(OSError):
        while piece := server.recv(PIECE):
            client.sendall(piece)
    _shut(client)


def _shut(end: socket.socket) -> None:
    """Wake the thread that waits for this end."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxying(port: int, cuts: Sequence[int], rate: float) -> Iterator[CuttingProxy]:
    """A proxy that runs during the block."""
    proxy = CuttingProxy(port, cuts, rate)
    thread = threading.Thread(target=proxy.serve)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join()
