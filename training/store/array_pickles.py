"""Reading a joblib file of plain arrays without trusting it.

A pickle is a program: to load one is to run it. Here it may build numbers, texts, containers and numeric
arrays, and nothing else; whatever asks for more is refused before anything of it has run.
"""

import io
import math
import os
import pickle
from typing import Any

import joblib
import numpy as np
from joblib.numpy_pickle import NumpyArrayWrapper, NumpyUnpickler
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]

_DTYPES = frozenset({"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"})
_WRAPPER_STATE = frozenset(
    {"subclass", "shape", "order", "dtype", "allow_mmap", "numpy_array_alignment_bytes"}
)


class RefusedPickleError(ValueError):
    """The file is damaged, or wants to build something that is not a plain array."""


def dump_arrays(arrays: Arrays) -> bytes:
    """Return arrays as the bytes of a joblib file (uncompressed; pickle protocol 4)."""
    stream = io.BytesIO()
    joblib.dump(arrays, stream, protocol=4)
    return stream.getvalue()


def load_arrays(content: bytes) -> Arrays:
    """Read what `dump_arrays` wrote.

    Takes the bytes rather than a path, so that what was checked is what is read; joblib's own detection of
    compressed and memory-mapped files has no part in it.

    Raises
    ------
    RefusedPickleError
        Whatever is wrong with the bytes.
    """
    stream = io.BytesIO(content)
    try:
        arrays = _PlainUnpickler(stream).load()
    except RefusedPickleError:
        raise
    except Exception as error:  # a damaged pickle may raise anything
        raise RefusedPickleError(f"it is damaged ({type(error).__name__}: {error})") from error
    if stream.read(1):
        raise RefusedPickleError("bytes follow its end")
    if type(arrays) is not dict or not all(
        type(name) is str and type(array) is np.ndarray and array.dtype.kind in "biuf"
        for name, array in arrays.items()
    ):
        raise RefusedPickleError("it is not a table of arrays by name")
    return arrays


def _dtype(name: object, align: object, copy: object) -> np.dtype[Any]:
    """`numpy.dtype` for numbers only: no objects, no records, and never numpy's own shared instances."""
    if name not in _DTYPES:
        raise RefusedPickleError(f"it asks for an array of {name!r}, which is no plain number")
    return np.dtype(str(name), align=False, copy=True)


# What a file may build is this list, not the file's choice.
_MAY_BUILD: dict[tuple[str, str], object] = {
    ("joblib.numpy_pickle", "NumpyArrayWrapper"): NumpyArrayWrapper,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): _dtype,
}


class _PlainUnpickler(NumpyUnpickler):  # type: ignore[misc]
    """joblib's unpickler, narrowed to the list above ("Restricting Globals" in Python's pickle manual)."""

    dispatch = NumpyUnpickler.dispatch.copy()

    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__("", stream, ensure_native_byte_order=True)
        self.size = stream.seek(0, os.SEEK_END)
        stream.seek(0)

    def find_class(self, module: str, name: str) -> object:
        """Look a global up in the list; nothing is imported."""
        try:
            return _MAY_BUILD[module, name]
        except KeyError:
            raise RefusedPickleError(f"it asks for {module}.{name}, which no model is made of") from None

    def load_build(self) -> None:
        """Check an object's state before it is set: a state can carry as much as a call."""
        target, state = self.stack[-2:]
        if type(target) is NumpyArrayWrapper:
            self._check_array(state)
        elif isinstance(target, np.dtype):
            _check_dtype(state)
        else:
            raise RefusedPickleError(f"it sets the state of a {type(target).__name__}")
        super().load_build()

    def _check_array(self, state: object) -> None:
        if type(state) is not dict or state.keys() != _WRAPPER_STATE:
            raise RefusedPickleError("it describes an array in an unknown way")
        shape, dtype = state["shape"], state["dtype"]
        is_plain = (
            state["subclass"] is np.ndarray
            and type(shape) is tuple
            and all(type(length) is int and length >= 0 for length in shape)
            and isinstance(dtype, np.dtype)
            and not dtype.hasobject
            and state["order"] in ("C", "F")
            and state["numpy_array_alignment_bytes"] == 16
        )
        if not is_plain:
            raise RefusedPickleError("it describes something that is not a plain array")
        # Checked before numpy sets memory aside for it.
        if math.prod(shape) * dtype.itemsize > self.size:
            raise RefusedPickleError(f"it describes an array of shape {shape}, larger than the file")

    dispatch[pickle.BUILD[0]] = load_build


def _check_dtype(state: object) -> None:
    if not (type(state) is tuple and state[1:2] in (("<",), (">",), ("|",))):
        raise RefusedPickleError("it describes numbers in an unknown way")
    if (state[0], *state[2:]) != (3, None, None, None, -1, -1, 0):
        raise RefusedPickleError("it describes numbers in an unknown way")
