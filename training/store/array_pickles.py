"""Read an untrusted joblib file of plain arrays.

Loading a pickle can run any code, so this file is never loaded as a pickle. Instead, its opcodes are compared
with those that `joblib.dump` writes for a dict of arrays; a file that differs is refused. No name in the file
is imported, and nothing is called.
"""

import io
import math
import pickle
from collections.abc import Callable
from typing import Any, TypeVar

import joblib
import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
_Value = TypeVar("_Value")

MOST_ARRAYS = 64
MOST_DIMENSIONS = 8
# Limit for the bytes of one array, with lengths of 0 counted as 1: an empty array may have a huge shape.
MOST_ARRAY_BYTES = 2**30

_DTYPES = ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8")
_BYTE_ORDERS = ("<", ">", "|")
_ALIGNMENT = 16
_NDARRAY = ("numpy", "ndarray")
_DTYPE = ("numpy", "dtype")
_WRAPPER = ("joblib.numpy_pickle", "NumpyArrayWrapper")
_SHORT_TUPLES = (pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3)


class RefusedPickleError(ValueError):
    """The file differs from what `joblib.dump` writes for a dict of arrays."""


def dump_arrays(arrays: Arrays) -> bytes:
    """Return the bytes of a joblib file with the arrays (uncompressed, pickle protocol 4)."""
    stream = io.BytesIO()
    joblib.dump(arrays, stream, protocol=4)
    return stream.getvalue()


def load_arrays(content: bytes) -> Arrays:
    """Read the bytes of a file from `dump_arrays`.

    It takes bytes and not a path, so that the file cannot change between a check and the reading.

    Parameters
    ----------
    content : bytes
        The file: at most 64 arrays of integers or floats, each with at most 8 dimensions and 1 GiB.

    Returns
    -------
    dict of str to ndarray
        In the byte order of this machine.

    Raises
    ------
    RefusedPickleError
        When the file has another form; the message says where it differs.
    """
    return _ArrayTable(content).read()


class _ArrayTable:
    """A parser with a method for each rule of the grammar; `_memo` has the memoized values of the pickle."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0
        self._frame_end: int | None = None
        self._memo: list[object] = []

    def read(self) -> Arrays:
        self._expect(pickle.PROTO + b"\x04")
        self._expect_new(pickle.EMPTY_DICT)
        arrays: Arrays = {}
        if self._next_opcode() == pickle.MARK:
            self._opcode()
            while self._next_opcode() != pickle.SETITEMS:
                self._item(arrays)
            self._opcode()
        elif self._next_opcode() != pickle.STOP:
            self._item(arrays)
            self._expect_opcodes(pickle.SETITEM)
        self._expect_opcodes(pickle.STOP)
        self._end_frame()
        if self._position != len(self._content):
            raise RefusedPickleError("bytes follow its end")
        return arrays

    def _item(self, arrays: Arrays) -> None:
        name = self._text()
        if name in arrays or len(arrays) == MOST_ARRAYS:
            raise RefusedPickleError(f"it has more than {MOST_ARRAYS} arrays, or two of the same name")
        arrays[name] = self._array()

    def _array(self) -> NDArray[Any]:
        self._global(_WRAPPER)
        self._expect_new(pickle.EMPTY_TUPLE, pickle.NEWOBJ)
        self._expect_new(pickle.EMPTY_DICT)
        self._expect_opcodes(pickle.MARK)
        self._expect_text("subclass")
        self._global(_NDARRAY)
        self._expect_text("shape")
        shape = self._shape()
        self._expect_text("order")
        order = self._text()
        self._expect_text("dtype")
        dtype = self._known_or(np.dtype, self._dtype)
        self._expect_text("allow_mmap")
        if self._opcode() not in (pickle.NEWTRUE, pickle.NEWFALSE):
            raise self._refusal()
        self._expect_text("numpy_array_alignment_bytes")
        self._expect_opcodes(pickle.BININT1)
        self._expect(bytes([_ALIGNMENT]))
        self._expect_opcodes(pickle.SETITEMS, pickle.BUILD)
        self._end_frame()
        return self._numbers(shape, order, dtype)

    def _numbers(self, shape: tuple[int, ...], order: str, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Read the data of an array; it follows the description, at the next multiple of 16 bytes."""
        if order not in ("C", "F"):
            raise RefusedPickleError(f"it describes an array in the order {order[:10]!r}")
        if dtype.itemsize * math.prod(max(length, 1) for length in shape) > MOST_ARRAY_BYTES:
            raise RefusedPickleError(f"it describes an array of shape {shape}, larger than any model's")
        n_padding = _ALIGNMENT - (self._position + 1) % _ALIGNMENT
        self._expect(bytes([n_padding]) + b"\xff" * n_padding)
        flat = np.frombuffer(self._take(dtype.itemsize * math.prod(shape)), dtype)
        lengths = shape if order == "C" else shape[::-1]
        array = flat.reshape(lengths).copy()
        if not dtype.isnative:
            array = array.astype(dtype.newbyteorder("="))
        return array if order == "C" else array.T

    def _shape(self) -> tuple[int, ...]:
        if self._next_opcode() == pickle.EMPTY_TUPLE:
            self._opcode()
            return ()
        is_marked = self._next_opcode() == pickle.MARK
        if is_marked:
            self._opcode()
        lengths: list[int] = []
        while self._next_opcode() in (pickle.BININT, pickle.BININT1, pickle.BININT2):
            lengths.append(self._integer())
            if lengths[-1] < 0 or len(lengths) > MOST_DIMENSIONS:
                raise RefusedPickleError("it describes an array of a shape that no model has")
        n_lengths = len(lengths)
        if is_marked != (n_lengths > len(_SHORT_TUPLES)) or not lengths:
            raise self._refusal()
        self._expect_new(pickle.TUPLE if is_marked else _SHORT_TUPLES[n_lengths - 1])
        return tuple(lengths)

    def _dtype(self) -> np.dtype[Any]:
        self._global(_DTYPE)
        name = self._text()
        if name not in _DTYPES:
            raise RefusedPickleError(f"it describes an array of {name[:20]!r}, which is no plain number")
        self._expect_new(pickle.NEWFALSE, pickle.NEWTRUE, pickle.TUPLE3)
        place = len(self._memo)
        self._expect_new(pickle.REDUCE)
        self._expect_opcodes(pickle.MARK)
        self._expect_integer(3)
        byte_order = self._text()
        if byte_order not in _BYTE_ORDERS:
            raise self._refusal()
        self._expect_opcodes(pickle.NONE, pickle.NONE, pickle.NONE)
        for number in -1, -1, 0:
            self._expect_integer(number)
        self._expect_new(pickle.TUPLE)
        self._expect_opcodes(pickle.BUILD)
        # Memoize the dtype, so that arrays that shared it when they were written share it again.
        dtype = np.dtype(byte_order + name, align=False, copy=True)
        self._memo[place] = dtype
        return dtype

    def _global(self, expected: tuple[str, str]) -> None:
        """Compare the name of a Python object with the expected name; the object is never imported."""
        named = self._known_or(tuple, self._global_name)
        if named != expected:
            raise RefusedPickleError(f"it asks for {'.'.join(named)[:80]}, which no model is made of")

    def _global_name(self) -> tuple[str, ...]:
        named = self._text(), self._text()
        self._expect_new(pickle.STACK_GLOBAL, value=named)
        return named

    def _text(self) -> str:
        return self._known_or(str, self._new_text)

    def _new_text(self) -> str:
        self._expect_opcodes(pickle.SHORT_BINUNICODE)
        content = self._take(self._take(1)[0])
        try:
            text = content.decode()
        except UnicodeDecodeError:
            raise self._refusal() from None
        self._expect_new(value=text)
        return text

    def _known_or(self, kind: type[_Value], read: Callable[[], _Value]) -> _Value:
        """Read a reference to a memoized value of the given type, or a new value."""
        n_bytes = {pickle.BINGET: 1, pickle.LONG_BINGET: 4}.get(self._next_opcode())
        if n_bytes is None:
            return read()
        place = self._position + 1
        number = int.from_bytes(self._content[place : place + n_bytes], "little")
        value = self._memo[number] if number < len(self._memo) else None
        if not isinstance(value, kind):
            return read()
        self._take(1 + n_bytes)
        return value

    def _integer(self) -> int:
        n_bytes = {pickle.BININT1: 1, pickle.BININT2: 2, pickle.BININT: 4}.get(self._opcode())
        if n_bytes is None:
            raise self._refusal()
        return int.from_bytes(self._take(n_bytes), "little", signed=n_bytes == 4)

    def _expect_integer(self, expected: int) -> None:
        if self._integer() != expected:
            raise self._refusal()

    def _expect_text(self, expected: str) -> None:
        if self._text() != expected:
            raise self._refusal()

    def _expect_opcodes(self, *expected: bytes) -> None:
        for opcode in expected:
            if self._opcode() != opcode:
                raise self._refusal()

    def _expect_new(self, *expected: bytes, value: object = None) -> None:
        """Expect the opcodes of a value, and the opcode MEMOIZE after them; add the value to `_memo`."""
        self._expect_opcodes(*expected, pickle.MEMOIZE)
        self._memo.append(value)

    def _opcode(self) -> bytes:
        opcode = self._next_opcode()
        self._take(1)
        return opcode

    def _next_opcode(self) -> bytes:
        """Return the next opcode without reading it; a FRAME opcode before it is read, with its length."""
        if self._content.startswith(pickle.FRAME, self._position) and self._frame_end is None:
            self._take(1)
            length = int.from_bytes(self._take(8), "little")
            self._frame_end = self._position + length
        return self._content[self._position : self._position + 1]

    def _end_frame(self) -> None:
        if self._frame_end not in (None, self._position):
            raise self._refusal()
        self._frame_end = None

    def _expect(self, expected: bytes) -> None:
        if self._take(len(expected)) != expected:
            raise self._refusal()

    def _take(self, n_bytes: int) -> bytes:
        end = self._position + n_bytes
        if end > len(self._content):
            raise RefusedPickleError(f"it is damaged: it ends at byte {len(self._content)}, before its end")
        taken = self._content[self._position : end]
        self._position = end
        return taken

    def _refusal(self) -> RefusedPickleError:
        return RefusedPickleError(
            f"it is damaged: byte {self._position} is not what a table of arrays has there"
        )
