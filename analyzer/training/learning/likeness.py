"""Which words could stand for each other, by the company that they keep in the documents themselves."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD

__all__ = ["context_vectors"]

_REACH = 2
"""Words on each side that count as company."""
_DIMENSIONS = 64


def context_vectors(items: NDArray[np.int32], count: int) -> NDArray[np.float64]:
    """Unit vectors, a row an item, from ``items`` of each position (columns: what it may stand for, 0 for nothing).

    Positive pointwise mutual information of items and neighbouring words, reduced by a singular value decomposition
    (Levy & Goldberg, "Neural word embedding as implicit matrix factorization", NIPS 2014).
    """
    words = items[:, 0]
    rows, columns = [], []
    for step in range(1, _REACH + 1):
        for here, there, side in ((items[:-step], words[step:], 0), (items[step:], words[:-step], 1)):
            for column in range(items.shape[1]):
                known = (here[:, column] > 0) & (there > 0)
                rows.append(here[known, column])
                columns.append(there[known].astype(np.int64) + side * count)
    of_item, of_word = np.concatenate(rows), np.concatenate(columns)
    counts = csr_matrix((np.ones(len(of_item)), (of_item, of_word)), shape=(count, 2 * count))
    counts.sum_duplicates()
    size = min(_DIMENSIONS, count - 1)
    if size < 2 or not counts.nnz:
        return np.zeros((count, 1))
    of_row = np.asarray(counts.sum(axis=1)).ravel()
    of_column = np.asarray(counts.sum(axis=0)).ravel() ** 0.75
    shares = counts.tocoo()
    telling = np.log(shares.data * of_column.sum() / (of_row[shares.row] * of_column[shares.col]))
    positive = csr_matrix((np.maximum(telling, 0), (shares.row, shares.col)), shape=counts.shape)
    vectors: NDArray[np.float64] = TruncatedSVD(size, random_state=0).fit_transform(positive)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.where(lengths > 0, lengths, 1.0)
    return vectors
