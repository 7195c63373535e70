"""Reference values for the curves of a running evaluation of classes.

Needs numpy and scikit-learn (made with numpy 2.4.6, scikit-learn 1.9.1).
Run from the root of the repository:

    python tools/reference/curves.py > model/evaluation/testdata/curves.json
"""

import json
import sys

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    average_precision_score,
    precision_score,
    roc_auc_score,
    roc_curve,
)

rng = np.random.default_rng(20261129)


def case(name, p, label):
    p = np.round(np.asarray(p, float), 9)
    label = np.asarray(label, bool)
    fpr, tpr, thresholds = roc_curve(label, p, drop_intermediate=False)
    observed, predicted = calibration_curve(label, p, n_bins=10)
    keep = np.unique(np.linspace(1, len(thresholds) - 1, 60).astype(int))
    return {
        "name": name,
        "p": p.tolist(),
        "label": label.tolist(),
        "roc_auc": roc_auc_score(label, p),
        "average_precision": average_precision_score(label, p),
        "curve": [
            {
                "threshold": thresholds[i],
                "false_positive_rate": fpr[i],
                "recall": tpr[i],
                "precision": precision_score(label, p >= thresholds[i]),
                "share": float(np.mean(p >= thresholds[i])),
            }
            for i in keep
        ],
        "observed": observed.tolist(),
        "predicted": predicted.tolist(),
    }


def logistic(x):
    return 1 / (1 + np.exp(-x))


odds = 2 * rng.normal(size=1500)
rare = rng.normal(-5, 2, 1500)
cases = [
    case("calibrated", logistic(odds), rng.random(1500) < logistic(odds)),
    case("too certain", logistic(3 * odds), rng.random(1500) < logistic(odds)),
    case("rare", logistic(rare), rng.random(1500) < logistic(rare)),
    case("few values", rng.choice([0.1, 0.35, 0.6, 0.9], 800), rng.random(800) < 0.5),
]
json.dump(cases, sys.stdout)
