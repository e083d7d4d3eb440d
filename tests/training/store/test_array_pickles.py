"""Whatever a joblib file says, loading it builds plain arrays or nothing."""

import io
import pickle
from pathlib import Path

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joblib.numpy_pickle import NumpyArrayWrapper
from joblib.numpy_pickle_compat import NDArrayWrapper
from numpy.typing import NDArray

from training.store.array_pickles import RefusedPickleError, dump_arrays, load_arrays

ARRAYS = {
    "matrix": np.arange(6, dtype=np.float32).reshape(2, 3),
    "columns": np.asfortranarray(np.ones((2, 3))),
    "counts": np.array([80, 95]),
    "flags": np.array([True, False]),
    "number": np.array(1.5),
    "none": np.zeros((0, 4)),
}


class Touch:
    """Pickles as an order to make a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.path,))


def joblib_bytes(value: object, **options: object) -> bytes:
    stream = io.BytesIO()
    joblib.dump(value, stream, **options)
    return stream.getvalue()


def test_arrays_come_back_as_they_went() -> None:
    loaded = load_arrays(dump_arrays(ARRAYS))
    assert loaded.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(loaded[name], array)
        assert loaded[name].dtype == array.dtype


def test_joblib_reads_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "model.joblib"
    path.write_bytes(dump_arrays(ARRAYS))
    np.testing.assert_array_equal(joblib.load(path)["matrix"], ARRAYS["matrix"])


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_an_order_to_do_something_is_refused_and_not_followed(tmp_path: Path, protocol: int) -> None:
    target = tmp_path / "touched"
    with pytest.raises(RefusedPickleError, match="which no model is made of"):
        load_arrays(joblib_bytes({"matrix": Touch(target)}, protocol=protocol))
    assert not target.exists()


def test_an_order_inside_of_an_array_of_objects_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "touched"
    with pytest.raises(RefusedPickleError, match="no plain number"):
        load_arrays(joblib_bytes({"matrix": np.array([Touch(target)], dtype=object)}))
    assert not target.exists()


def test_an_order_in_a_neighbouring_file_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("neighbour.npy", np.array([Touch(tmp_path / "touched")], dtype=object), allow_pickle=True)
    with pytest.raises(RefusedPickleError, match="NDArrayWrapper"):
        load_arrays(pickle.dumps({"matrix": NDArrayWrapper("neighbour.npy", np.ndarray)}))
    assert not Path("touched").exists()


@pytest.mark.parametrize("compress", ["zlib", "gzip", "bz2", "lzma", "xz"])
def test_a_compressed_file_is_no_way_around(tmp_path: Path, compress: str) -> None:
    target = tmp_path / "touched"
    with pytest.raises(RefusedPickleError):
        load_arrays(joblib_bytes({"matrix": Touch(target)}, compress=(compress, 3)))
    assert not target.exists()


@pytest.mark.parametrize(
    "program",
    [
        b"cos\nsystem\n(S'true'\ntR.",
        b"cbuiltins\neval\n(S'1'\ntR.",
        b"\x80\x04\x8c\x05numpy\x8c\x0adtype.mro\x93.",
        b"\x80\x04\x8c\x05numpy\x8c\x16ndarray.__subclasses__\x93.",
        b"(ios\nsystem\n.",
        b"cjoblib.numpy_pickle\nBUFFER_SIZE\n.",
        b"Psomething\n.",
        b"\x82\x01.",
    ],
)
def test_no_name_outside_of_the_list_is_looked_up(program: bytes) -> None:
    with pytest.raises(RefusedPickleError):
        load_arrays(program)


def test_the_classes_of_this_process_cannot_be_changed() -> None:
    # BUILD with a pair sets attributes, here of the class itself.
    program = b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n(N}S'read'\ncnumpy\ndtype\nstb."
    read = NumpyArrayWrapper.read
    with pytest.raises(RefusedPickleError, match="sets the state of a type"):
        load_arrays(program)
    assert NumpyArrayWrapper.read is read


@pytest.mark.parametrize(
    "change",
    [
        {"subclass": None},
        {"shape": (10**6, 10**6)},
        {"shape": (-1, 3)},
        {"shape": [2, 3]},
        {"shape": (2.0, 3)},
        {"order": "K"},
        {"dtype": "f4"},
        {"numpy_array_alignment_bytes": 0},
        {"read": np.dtype},
    ],
)
def test_an_array_that_is_described_differently_is_refused(change: dict[str, object]) -> None:
    wrapper = NumpyArrayWrapper(np.ndarray, (2, 3), "C", np.dtype("f4"), allow_mmap=True)
    wrapper.__dict__.update(change)
    with pytest.raises(RefusedPickleError):
        load_arrays(pickle.dumps({"matrix": wrapper})[:-2] + b"\x00" * 40 + b"s.")


@pytest.mark.parametrize(
    "array",
    [
        np.array(["a"]),
        np.array([b"a"]),
        np.array(["2026-11-24"], dtype="M8[D]"),
        np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
        np.array([1j]),
    ],
    ids=lambda array: array.dtype.kind,
)
def test_arrays_of_other_things_than_numbers_are_refused(array: NDArray[np.generic]) -> None:
    with pytest.raises(RefusedPickleError):
        load_arrays(joblib_bytes({"matrix": array}))


@pytest.mark.parametrize("value", [[], {"a": 1}, {1: np.zeros(2)}, np.zeros(2), {"a": [np.zeros(2)]}, None])
def test_anything_but_a_table_of_arrays_is_refused(value: object) -> None:
    with pytest.raises(RefusedPickleError, match="not a table of arrays"):
        load_arrays(joblib_bytes(value))


def test_bytes_after_the_end_are_refused() -> None:
    with pytest.raises(RefusedPickleError, match="bytes follow"):
        load_arrays(dump_arrays(ARRAYS) + b"\x00")


@given(length=st.integers(0, len(dump_arrays(ARRAYS)) - 1))
def test_a_truncated_file_is_refused(length: int) -> None:
    with pytest.raises(RefusedPickleError):
        load_arrays(dump_arrays(ARRAYS)[:length])


@given(position=st.integers(0, len(dump_arrays(ARRAYS)) - 1), value=st.integers(0, 255))
def test_a_damaged_file_is_refused_or_still_a_table_of_arrays(position: int, value: int) -> None:
    content = bytearray(dump_arrays(ARRAYS))
    content[position] = value
    try:
        loaded = load_arrays(bytes(content))
    except RefusedPickleError:
        return
    assert all(type(array) is np.ndarray for array in loaded.values())


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_or_a_table_of_arrays(content: bytes) -> None:
    try:
        loaded = load_arrays(content)
    except RefusedPickleError:
        return
    assert loaded == {}
