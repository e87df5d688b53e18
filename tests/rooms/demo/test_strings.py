import numpy as np

from assay.rooms.demo.strings import chosen, hexadecimal, moments, numbered, scrambled


def test_numbers_are_written_with_leading_zeros() -> None:
    assert numbered("D", np.array([0, 7, 12345]), width=5).to_pylist() == ["D00000", "D00007", "D12345"]


def test_hexadecimal_agrees_with_python() -> None:
    words = np.array([0, 1, 0xDEADBEEF, 2**64 - 1], dtype=np.uint64)
    assert hexadecimal(words).to_pylist() == [f"{int(word):016x}" for word in words]
    assert hexadecimal(words, width=4).to_pylist() == [f"{int(word):016x}"[:4] for word in words]


def test_scrambling_keeps_numbers_apart() -> None:
    words = scrambled(np.arange(100_000), seed=1)
    assert len(np.unique(words)) == 100_000
    assert not np.array_equal(words, scrambled(np.arange(100_000), seed=2))


def test_empty_columns_are_written() -> None:
    nothing = np.array([], dtype=np.int64)
    assert (len(numbered("D", nothing, width=3)), len(hexadecimal(nothing.astype(np.uint64)))) == (0, 0)


def test_missing_values_stay_missing() -> None:
    import pyarrow as pa

    missing = np.array([False, True])
    assert chosen(pa.array(["a", "b"]), np.array([1, 0]), missing=missing).to_pylist() == ["b", None]
    assert moments(np.array([0, 0]), missing=missing).to_pylist()[1] is None
