"""Reads untrusted pickles that contain arrays of numbers, text and containers, and nothing else. Importable
without torch.

A pickle is a program. Here it may call only the functions in `_ALLOWED`. NumPy's own functions are excluded,
because they trust their arguments.
"""

import io
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np

from mslg_core.datasets.archives.paths import show_name
from mslg_core.errors import LayoutError, UnsafePickleError

NUMBERS = frozenset({"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"})


def load_arrays(name: str, data: bytes) -> dict[str, Any]:
    """The dictionary pickled in `data`, with keys as text and NumPy arrays; `name` is used in messages. Text
    of Python 2 is returned as bytes.

    Raises `UnsafePickleError` if the pickle needs anything else, `LayoutError` if it is damaged.
    """
    try:
        content = _Unpickler(io.BytesIO(data), encoding="bytes").load()
    except UnsafePickleError as error:
        raise UnsafePickleError(f"{show_name(name)} is refused: {error}") from error
    except Exception as error:  # a damaged pickle can make the unpickler raise any exception
        raise LayoutError(f"{show_name(name)} is damaged: {error}. Download it again.") from error
    if not isinstance(content, dict):
        raise LayoutError(f"{show_name(name)} does not hold a dictionary: use the published file.")
    return {
        key.decode("latin-1") if isinstance(key, bytes) else str(key): (
            value.array if isinstance(value, _Array) else value
        )
        for key, value in content.items()
    }


class _DType:
    """Stands in for `numpy.dtype`; accepts number types only."""

    def __init__(self, code: str | bytes, *_: object) -> None:
        self._code = code.decode("ascii") if isinstance(code, bytes) else code
        if self._code not in NUMBERS:
            raise UnsafePickleError(f"it contains an array of {self._code!r}, which is not a number type.")
        self.dtype = np.dtype(self._code)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        order: Any = state[1].decode("ascii") if isinstance(state[1], bytes) else state[1]
        self.dtype = np.dtype(self._code).newbyteorder(order)


class _Array:
    """Stands in for `numpy.ndarray`; `__setstate__` receives shape, type and bytes."""

    array: np.ndarray[Any, Any] = np.empty(0)

    def __init__(self, *_: object) -> None:
        """The arguments describe an empty array."""

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, number_type, column_major, raw = state
        flat = np.frombuffer(raw, dtype=number_type.dtype)
        self.array = flat.reshape(shape, order="F" if column_major else "C")


def _encode(text: str, encoding: str) -> bytes:
    """Stands in for `_codecs.encode`, with which Python 3 writes bytes for Python 2."""
    if encoding != "latin1":
        raise UnsafePickleError(f"it uses the encoding {encoding!r}.")
    return text.encode("latin-1")


_ALLOWED: dict[tuple[str, str], Callable[..., Any]] = {
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy._core.multiarray", "_reconstruct"): _Array,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _DType,
    ("_codecs", "encode"): _encode,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise UnsafePickleError(
                f"it calls {module}.{name}, which could run any code on this machine."
            ) from None
