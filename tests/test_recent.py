"""What was used lately stays, and no more than was asked for."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from analyzer.recent import Recent


class Squares(Recent[int, int]):
    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.worked_out: Counter[int] = Counter()

    def __missing__(self, number: int) -> int:
        known = self.recall(number)
        if known is None:
            self.worked_out[number] += 1
            known = number * number
            self.keep(number, known)
        return known

    @property
    def held(self) -> int:
        return len(self) + len(self._older)


@given(st.lists(st.integers(1, 60), max_size=300), st.integers(2, 20))
def test_it_answers_right_and_stays_small(numbers: list[int], most: int) -> None:
    squares = Squares(most)
    for number in numbers:
        assert squares[number] == number * number
        assert squares.held <= most


def test_what_comes_again_and_again_is_worked_out_once() -> None:
    squares = Squares(10)
    for number in range(1000, 2000):
        assert squares[7] == 49
        assert squares[number]
    assert squares.worked_out[7] == 1
    assert squares.held <= 10
