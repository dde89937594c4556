"""Figures on public data sets of contract terms, by models of scikit-learn alone.

    python -m benchmarks.public DATA_FOLDER [cuad|unfair-tos|acord] [--by company]

``DATA_FOLDER`` holds ``cuad``, ``unfair_tos`` and ``acord``, each a ``train.jsonl.gz``. Only the training and
validation parts are there, so no figure here is on an official test split.

* ``cuad`` (Hendrycks et al. 2021, CUAD, arXiv 2103.06268): sentences that carry 'Uncapped Liability' or 'Cap On
  Liability', ranked. The paper scores spans of the test contracts over 41 categories, so its figures have another unit.
  Cross-validated by contract, or by company, which is stricter: no company has agreements on both sides.
* ``unfair-tos`` (Lippi et al. 2019, CLAUDETTE; Chalkidis et al. 2022, LexGLUE, arXiv 2110.00976): eight kinds of
  unfair term. Trained on LexGLUE's training split and scored on its validation split; published figures
  are on test.
* ``acord`` (ACORD, arXiv 2501.06582): clauses ranked for lawyers' queries.
"""
