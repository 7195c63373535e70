"""Reference values for the evaluation measures of package model.

Needs numpy and scikit-learn (made with numpy 2.4.6, scikit-learn 1.9.1).
Run from the root of the repository:

    python tools/reference/evaluate.py > model/evaluation/testdata/evaluate.json
"""

import json
import sys

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

rng = np.random.default_rng(20261122)


def case(name, scores, positive):
    scores = np.asarray(scores, float)
    positive = np.asarray(positive, bool)
    return {
        "name": name,
        "scores": scores.tolist(),
        "positive": positive.tolist(),
        "roc_auc": roc_auc_score(positive, scores),
        "average_precision": average_precision_score(positive, scores),
    }


label = rng.random(200) < 0.2
rare = np.arange(150) == 37
cases = [
    case("separable", [1, 2, 3, 4], [False, False, True, True]),
    case("reversed", [4, 3, 2, 1], [False, False, True, True]),
    case("all tied", [5, 5, 5, 5], [True, False, True, False]),
    case("scikit-learn's own example", [0.1, 0.4, 0.35, 0.8], [False, False, True, True]),
    case("continuous", rng.normal(size=200) + label, label),
    case("many ties", rng.integers(0, 6, 200) + label, label),
    case("one positive", rng.normal(size=150), rare),
    case("negative scores of large spread", -np.exp(rng.normal(0, 8, 200)), label),
]
json.dump(cases, sys.stdout, indent=1)
print()
