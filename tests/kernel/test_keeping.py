"""An answer is kept for the very object it was given for, and only for a few of them."""

from doudi.kernel.keeping import MOST, kept


def test_it_works() -> None:
    asked: list[list[int]] = []

    @kept
    def total(row: list[int]) -> int:
        asked.append(row)
        return sum(row)

    first, equal = [1, 2], [1, 2]
    assert [total(first), total(first), total(equal)] == [3, 3, 3]
    assert len(asked) == 2  # equal is not the same
    rows = [[n] for n in range(MOST)]
    assert [total(row) for row in rows] == list(range(MOST))
    total(first)
    assert len(asked) == 2 + MOST + 1  # forgotten meanwhile, and asked again
