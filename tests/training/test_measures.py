"""Figures and their intervals, against values worked out by hand and other implementations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from analyzer.training.measures import (
    Measure,
    RankedUnits,
    average_precision,
    calibrate,
    draw,
    f1_of,
    measured,
    ratio,
)


def test_draws_take_whole_clusters() -> None:
    weights = draw(["x", "y", "x", "z"], draws=200, seed=1)
    assert weights.shape == (201, 4)
    assert weights[0].tolist() == [1, 1, 1, 1]
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[1:, [0, 1, 3]].sum(axis=1) == 3).all()
    assert len(np.unique(weights[1:], axis=0)) > 5


def test_draws_repeat_with_their_seed() -> None:
    clusters = [str(number) for number in range(30)]
    assert (draw(clusters, draws=50, seed=3) == draw(clusters, draws=50, seed=3)).all()
    assert (draw(clusters, draws=50, seed=3) != draw(clusters, draws=50, seed=4)).any()


@pytest.mark.parametrize("clusters", [[], ["one"], ["one", "one"]])
def test_one_cluster_gives_nothing_to_draw(clusters: list[str]) -> None:
    assert draw(clusters, draws=1000, seed=0).shape == (1, len(clusters))


def test_ratios_of_nothing_are_undefined() -> None:
    assert np.isnan(ratio(np.array([0.0]), np.array([0.0]))).all()
    nan = float("nan")
    values = f1_of(np.array([nan, nan, 0.0, 0.5]), np.array([nan, 1.0, 0.0, 1.0]))
    assert np.isnan(values[0])
    assert values[1:].tolist() == pytest.approx([0.0, 0.0, 2 / 3])


def test_intervals_leave_undefined_draws_out() -> None:
    nan = float("nan")
    assert measured(np.array([0.5, 0.2, nan, 0.2])) == Measure(0.5, 0.2, 0.2)
    assert measured(np.array([0.5])) == Measure(0.5)
    assert measured(np.array([0.5, nan])) == Measure(0.5)
    assert measured(np.array([nan, 0.5])) == Measure(None)


def test_average_precision_by_hand() -> None:
    units = RankedUnits([0.9, 0.8, 0.7, 0.2], [True, False, True, False], [0, 0, 1, 1], [1, 0])
    both, first, second = average_precision(units, np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]))
    assert both == pytest.approx(1 / 3 * 1 + 1 / 3 * 2 / 3)  # the third positive is never reached
    assert first == pytest.approx(1 / 2)
    assert second == pytest.approx(1)


def test_average_precision_without_positives() -> None:
    weights = np.ones((2, 1))
    assert np.isnan(average_precision(RankedUnits([0.5], [False], [0], [0]), weights)).all()
    assert np.isnan(average_precision(RankedUnits([], [], [], [0]), weights)).all()
    assert average_precision(RankedUnits([], [], [], [3]), weights).tolist() == [0, 0]


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), st.booleans(), st.integers(0, 3)), min_size=1),
    st.lists(st.integers(0, 3), min_size=4, max_size=4),
)
def test_average_precision_is_that_of_scikit_learn(rows: list[tuple[float, bool, int]], counts: list[int]) -> None:
    repeated = [(score, right) for score, right, doc in rows for _ in range(counts[doc])]
    units = RankedUnits([r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows], [0] * 4)
    (found,) = average_precision(units, np.array([counts], dtype=float))
    if not any(right for _, right in repeated):
        assert np.isnan(found)
        return
    assert found == pytest.approx(average_precision_score([r[1] for r in repeated], [r[0] for r in repeated]))


def test_average_precision_of_many_documents() -> None:
    count = 8000
    scores = [number / count for number in range(count)]
    units = RankedUnits(scores, [number % 2 == 1 for number in range(count)], range(count), [0] * count)
    (found,) = average_precision(units, np.ones((1, count)))
    assert found == pytest.approx(average_precision_score(units.is_right, scores))


def test_calibration_by_hand() -> None:
    table = calibrate([0.85, 0.85, 0.81, 0.89, 1.0, 0.3], [True, True, True, False, True, False])
    assert [(row.low, row.high, row.count, row.right) for row in table.bins] == [
        (0.3, 0.4, 1, 0.0),
        (0.8, 0.9, 4, 0.75),
        (0.9, 1.0, 1, 1.0),
    ]
    assert [row.score for row in table.bins] == pytest.approx([0.3, 0.85, 1.0])
    assert table.error == pytest.approx((1 * 0.3 + 4 * 0.1 + 1 * 0.0) / 6)


def test_nothing_has_no_calibration() -> None:
    table = calibrate([], [])
    assert (table.error, table.bins) == (None, ())


def test_scores_on_a_boundary_fall_into_the_upper_bin() -> None:
    scores = [number / 10 for number in range(11)]
    table = calibrate([*scores, 0.1 + 0.2, 0.7 + 0.1], [True] * 13)
    assert [(row.low, row.count) for row in table.bins] == [(low / 10, 1 + (low in {3, 8, 9})) for low in range(10)]
