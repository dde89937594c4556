"""ACORD: clauses ranked for lawyers' queries, nDCG and mean average precision."""

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.metrics import average_precision_score
from sklearn.model_selection import KFold
from sklearn.preprocessing import normalize

from .rows import FOLDS, Floats, rows_of


def gain_at(relevance: Floats, scores: Floats, depth: int) -> float:
    """The nDCG at a depth: gains 2^rating - 1, 0 for clauses not rated for the query."""
    discounts = 1 / np.log2(np.arange(2, depth + 2))
    gains = 2**relevance - 1
    best = float(np.sort(gains)[::-1][:depth] @ discounts)
    return float(gains[np.argsort(-scores, kind="stable")][:depth] @ discounts) / best


def bm25(texts: list[str], queries: list[str]) -> Floats:
    """Okapi BM25 with k1 = 1.5 and b = 0.75: (queries, texts)."""
    counter = CountVectorizer(stop_words="english")
    counts = counter.fit_transform(texts).toarray().astype(np.float64)
    present = (counts > 0).sum(axis=0)
    rarity = np.log(1 + (len(texts) - present + 0.5) / (present + 0.5))
    lengths = counts.sum(axis=1, keepdims=True)
    weights = rarity * counts * 2.5 / (counts + 1.5 * (0.25 + 0.75 * lengths / lengths.mean()))
    result: Floats = (counter.transform(queries).toarray() > 0).astype(np.float64) @ weights.T
    return result


def fed_back(clauses: Any, cosine: Floats, relevance: Floats) -> Floats:
    """Rocchio's feedback: cosine to the query and to the rated clauses of the other folds (five folds of clauses).

    ``clauses`` is (texts, terms), sparse, rows of length 1; ``cosine`` and ``relevance`` are (queries, texts). So the
    query is known and has some rated clauses, and each clause is scored without its own rating.
    """
    result = cosine.copy()
    for known, asked in KFold(FOLDS, shuffle=True, random_state=0).split(cosine.T):
        centres = normalize(relevance[:, known] @ clauses[known])
        result[:, asked] += (clauses[asked] @ centres.T).T
    return result


def acord(folder: Path) -> None:
    """Rank ACORD's clauses for each query and print nDCG, mean over queries.

    Not comparable with the paper. It ranks over 114 queries and about 126,000 pairs rated one to five stars; here
    are the clauses with two stars or more of the training and validation queries, so the clauses not rated
    for a query are taken for irrelevant, many queries have few good clauses, and the pool is small.
    """
    rows = rows_of(folder, "acord")
    texts = [row["text"] for row in rows]
    queries = sorted({rating["query"] for row in rows for rating in row["ratings"]})
    relevance = np.zeros((len(queries), len(texts)))
    for column, row in enumerate(rows):
        for rating in row["ratings"]:
            relevance[queries.index(rating["query"]), column] = rating["score"]
    reader = TfidfVectorizer(stop_words="english", sublinear_tf=True, ngram_range=(1, 2))
    clauses = reader.fit_transform(texts)
    cosine: Floats = (reader.transform(queries) @ clauses.T).toarray()
    rankings = {
        "BM25": bm25(texts, queries),
        "TF-IDF cosine": cosine,
        "TF-IDF + feedback of rated clauses": fed_back(clauses, cosine, relevance),
    }
    print(f"ACORD: {len(texts)} clauses, {len(queries)} queries, {int((relevance > 0).sum())} rated pairs")
    print(f"{'':42}{'nDCG@5':>10}{'nDCG@10':>10}{'MAP':>10}")
    for name, scores in rankings.items():
        figures = [np.mean([gain_at(r, s, depth) for r, s in zip(relevance, scores, strict=True)]) for depth in (5, 10)]
        figures.append(
            np.mean([average_precision_score(r > 0, s) for r, s in zip(relevance, scores, strict=True)])
        )  # fmt: skip
        print(f"{name:42}" + "".join(f"{figure:>10.3f}" for figure in figures))
    print("Not comparable with the paper: clauses of one star and half of the queries are not in this part.")
