"""Whatever a joblib file says, loading it builds plain arrays or nothing."""

import io
import os
import pickle
import pickletools
from copy import copy
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib.numpy_pickle import NumpyArrayWrapper, NumpyPickler
from joblib.numpy_pickle_compat import NDArrayWrapper
from numpy.typing import NDArray

from training.store.array_pickles import MOST_ARRAYS, RefusedPickleError, dump_arrays, load_arrays

ARRAYS: dict[str, NDArray[Any]] = {
    "matrix": np.arange(6, dtype=np.float32).reshape(2, 3),
    "columns": np.asfortranarray(np.ones((2, 3))),
    "counts": np.array([80, 95]),
    "row": np.arange(6)[::2],
    "block": np.ones((2, 1, 3, 2)),
    "bytes": np.arange(3, dtype=np.uint8),
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


def test_numbers_in_the_other_byte_order_are_read_in_this_machines() -> None:
    loaded = load_arrays(dump_arrays({"swapped": np.arange(3, dtype=">f8")}))["swapped"]
    assert loaded.dtype == np.float64
    assert loaded.tolist() == [0, 1, 2]


@pytest.mark.parametrize("n_arrays", [0, 1, 2, MOST_ARRAYS])
def test_a_table_of_any_number_of_arrays_comes_back(n_arrays: int) -> None:
    arrays = {f"array{i}": np.full(i, i / 2) for i in range(n_arrays)}
    loaded = load_arrays(dump_arrays(arrays))
    assert {name: array.tolist() for name, array in loaded.items()} == {
        name: array.tolist() for name, array in arrays.items()
    }


def test_a_table_of_more_arrays_than_any_model_has_is_refused() -> None:
    with pytest.raises(RefusedPickleError, match=f"more than {MOST_ARRAYS}"):
        load_arrays(dump_arrays({str(i): np.zeros(1) for i in range(MOST_ARRAYS + 1)}))


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_an_order_to_do_something_is_refused_and_not_followed(tmp_path: Path, protocol: int) -> None:
    target = tmp_path / "touched"
    with pytest.raises(RefusedPickleError):
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
    with pytest.raises(RefusedPickleError, match="damaged"):
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
        {"shape": (0, 2**31 - 1, 2**31 - 1, 2**31 - 1)},
        {"shape": (0,) * 9},
        {"subclass": np.matrix},
        {"dtype": np.dtype("?")},
        {"dtype": np.dtype("f4", metadata={"a": 1})},
        {"read": np.dtype},
    ],
)
def test_an_array_that_is_described_differently_is_refused(change: dict[str, object]) -> None:
    assert load_arrays(described({}))["matrix"].tolist() == [[0] * 3] * 2
    with pytest.raises(RefusedPickleError):
        load_arrays(described(change))


def described(change: dict[str, object]) -> bytes:
    """A file like joblib's, whose array is described with a change, and has zeros for numbers."""

    class Describing(NumpyPickler):  # type: ignore[misc]
        def save(self, value: object) -> None:
            if not isinstance(value, np.ndarray):
                return super().save(value)
            wrapper = NumpyArrayWrapper(np.ndarray, value.shape, "C", value.dtype, allow_mmap=True)
            changed = copy(wrapper)
            changed.__dict__.update(change)
            pickle._Pickler.save(self, changed)  # type: ignore[attr-defined]
            self.framer.commit_frame(force=True)
            return wrapper.write_array(value, self)

    stream = io.BytesIO()
    pickler = Describing(stream, protocol=4)
    pickler.dump({"matrix": np.zeros((2, 3), np.float32)})
    return stream.getvalue()


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
    with pytest.raises(RefusedPickleError):
        load_arrays(joblib_bytes(value))


NDARRAY = b"\x80\x04}\x8c\x01acnumpy\nndarray\n"
FAR_BELOW = b"\x8a\x08" + (-(2**40)).to_bytes(8, "little", signed=True)


@pytest.mark.parametrize(
    "program",
    {
        "an array over any memory": b"%b(K\x09\x85\x8c\x02f8C\x01x%btRs." % (NDARRAY, FAR_BELOW),
        "an array of any strides": b"%b(K\x09\x85\x8c\x02f8NK\x00%b\x85tRs." % (NDARRAY, FAR_BELOW),
        "an array without its numbers": b"%bK\x09\x85\x85\x81s." % NDARRAY,
        "a key whose hash takes forever": b"\x80\x04}K\x01" + b"2\x86" * 120 + b"Ns.",
        "tuples in tuples": b"\x80\x04)" + b"\x85" * 100_000 + b".",
        "marks without an end": b"\x80\x04" + b"(" * 100_000,
        "a text of many gigabytes": b"\x80\x04\x8d" + b"\xff" * 7 + b"\x7f",
        "a frame of many gigabytes": b"\x80\x04\x95" + b"\xff" * 7 + b"\x7f}\x94.",
        "a number from the memo that is not there": b"\x80\x04}\x94j\xff\xff\xff\xffs.",
        "a memo of two billion entries": b"\x80\x04}\x94r\xff\xff\xff\x7f.",
        "a table that holds itself": b"\x80\x04}\x94\x8c\x01a\x94h\x00s.",
        "nothing": b"",
    }.values(),
)  # fmt: skip
def test_a_program_made_to_harm_ends_at_its_first_foreign_byte(program: bytes) -> None:
    with pytest.raises(RefusedPickleError):
        load_arrays(program)


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
    assert_refused_or_as_joblib_reads_it(bytes(content))


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_or_a_table_of_arrays(content: bytes) -> None:
    assert_refused_or_as_joblib_reads_it(content)


# Programs of all opcodes that there are


def tokens_of(content: bytes) -> list[bytes]:
    """Take a joblib file apart: its opcodes with their arguments, and the bytes of its arrays."""
    stream, tokens = io.BytesIO(content), []
    while (start := stream.tell()) < len(content):
        next(pickletools.genops(stream))
        tokens.append(content[start : (end := stream.tell())])
        if tokens[-2:] == [pickle.SETITEMS, pickle.BUILD]:
            # An array's bytes end where the next frame begins, or the two last opcodes of the file.
            following = content.find(pickle.FRAME, end)
            tokens.append(stream.read((len(content) - 2 if following < 0 else following) - end))
    return tokens


def arguments_of(opcode: pickletools.OpcodeInfo) -> st.SearchStrategy[bytes]:
    """Arguments that an opcode can be read with."""
    names = st.sampled_from(["numpy", "ndarray", "dtype", "os", "system", "a", "f8", "O", "1"])
    match opcode.arg.n if opcode.arg else 0:
        case 0:
            return st.just(b"")
        case pickletools.UP_TO_NEWLINE:
            lines = 2 if opcode.name in ("GLOBAL", "INST") else 1
            quoted = "'{}'" if opcode.name == "STRING" else "{}"
            return st.lists(names, min_size=lines, max_size=lines).map(
                lambda drawn: b"".join(quoted.format(name).encode() + b"\n" for name in drawn)
            )
        case n if n > 0:
            return st.binary(min_size=n, max_size=n)
        case n:
            width = {pickletools.TAKEN_FROM_ARGUMENT1: 1, pickletools.TAKEN_FROM_ARGUMENT8U: 8}.get(n, 4)
            return names.map(lambda name: len(name).to_bytes(width, "little") + name.encode())


ANY_OPCODE = st.sampled_from(pickletools.opcodes).flatmap(
    lambda opcode: arguments_of(opcode).map(lambda argument: opcode.code.encode("latin-1") + argument)
)
TOKENS = tokens_of(dump_arrays({"a": np.arange(3.0), "b": np.ones((2, 2), np.float32)}))
# Where, how many tokens are taken out, and what comes instead: other opcodes, or a piece of the file itself.
CHANGE = st.tuples(
    st.integers(0, len(TOKENS)),
    st.integers(0, 3),
    st.lists(ANY_OPCODE, max_size=4) | st.integers(0, len(TOKENS)).map(lambda i: TOKENS[i : i + 4]),
)
fuzzed = settings(max_examples=int(os.environ.get("FUZZ_CASES", "500")))


def assert_refused_or_as_joblib_reads_it(content: bytes) -> None:
    try:
        loaded = load_arrays(content)
    except RefusedPickleError:
        return
    expected = joblib.load(io.BytesIO(content))
    assert loaded.keys() == expected.keys()
    for name, array in loaded.items():
        assert type(array) is np.ndarray
        assert array.dtype.kind in "iuf"
        np.testing.assert_array_equal(array, expected[name])


def test_the_pieces_that_the_fuzzer_changes_are_the_whole_file() -> None:
    assert load_arrays(b"".join(TOKENS)).keys() == {"a", "b"}
    assert len(TOKENS) > 100


@fuzzed
@given(st.lists(ANY_OPCODE, max_size=30).map(b"".join), st.booleans())
def test_a_program_of_any_opcodes_is_refused_or_a_table_of_arrays(program: bytes, begins_well: bool) -> None:
    beginning = b"".join(TOKENS[:8]) if begins_well else b"\x80\x04"
    assert_refused_or_as_joblib_reads_it(beginning + program + b".")


@fuzzed
@given(st.lists(CHANGE, min_size=1, max_size=3))
def test_a_file_with_other_opcodes_in_it_is_refused_or_what_joblib_reads(
    changes: list[tuple[int, int, list[bytes]]],
) -> None:
    tokens = list(TOKENS)
    for place, n_out, instead in changes:
        tokens[place : place + n_out] = instead
    assert_refused_or_as_joblib_reads_it(b"".join(tokens))
