"""Runs River's models on streams, row by row, test then train, and prints CSV: stream, program,
model, rows, accuracy (of a number the mean absolute error), microseconds a row. The command streams
calls it with the files that it has written.

    python -m venv venv && venv/bin/pip install river
    go run ./tools/streams -python venv/bin/python
"""
import csv
import pathlib
import sys
import time

sys.path.pop(0)  # the folder of this file, which has the name of the library

import river
from river import forest, linear_model, multiclass, optim, preprocessing, tree

CLASSIFIERS = {
    "ARF": lambda: forest.ARFClassifier(seed=1),
    "AMF": lambda: forest.AMFClassifier(seed=1),
    "HAT": lambda: tree.HoeffdingAdaptiveTreeClassifier(seed=1),
    "logistic": lambda: preprocessing.StandardScaler()
    | multiclass.OneVsRestClassifier(linear_model.LogisticRegression()),
}
REGRESSORS = {
    "ARF": lambda: forest.ARFRegressor(seed=1),
    "AMF": lambda: forest.AMFRegressor(seed=1),
    "HAT": lambda: tree.HoeffdingAdaptiveTreeRegressor(seed=1),
    "logistic": lambda: preprocessing.StandardScaler()
    | linear_model.LinearRegression(optimizer=optim.SGD(0.01)),
}


def rows(path):
    """Yields the inputs and the target of each row."""
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            y = row.pop("y")
            yield {k: float(v) for k, v in row.items()}, y


def measure(path, model, number):
    """Returns the rows, the accuracy or mean absolute error, and the microseconds a row."""
    total, n, start = 0.0, 0, time.process_time()
    for x, y in rows(path):
        if number:
            guess = model.predict_one(x) or 0.0
            total += abs(guess - float(y))
            model.learn_one(x, float(y))
        else:
            total += model.predict_one(x) == y
            model.learn_one(x, y)
        n += 1
    return n, total / n, 1e6 * (time.process_time() - start) / n


def main():
    """Runs all models on the files that are named."""
    for name in sys.argv[1:]:
        path = pathlib.Path(name)
        number = path.stem.startswith("friedman")
        for model, make in (REGRESSORS if number else CLASSIFIERS).items():
            n, score, cost = measure(path, make(), number)
            print(f"{path.stem},River {river.__version__},{model},{n},{score:.4f},{cost:.0f}", flush=True)


main()
