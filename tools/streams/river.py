"""Runs River's models on the streams that `go run ./tools/streams -write FOLDER` has written,
row by row, test then train, and prints CSV: stream, model, accuracy (of a number the mean absolute
error), microseconds a row.

    python -m venv venv && venv/bin/pip install river
    venv/bin/python tools/streams/river.py FOLDER [stream ...]
"""
import csv
import pathlib
import sys
import time

sys.path.pop(0)  # the folder of this file, which has the name of the library

from river import forest, linear_model, multiclass, optim, preprocessing, tree

CLASSIFIERS = {
    "arf": lambda: forest.ARFClassifier(seed=1),
    "amf": lambda: forest.AMFClassifier(seed=1),
    "hat": lambda: tree.HoeffdingAdaptiveTreeClassifier(seed=1),
    "logreg": lambda: preprocessing.StandardScaler()
    | multiclass.OneVsRestClassifier(linear_model.LogisticRegression()),
}
REGRESSORS = {
    "arf": lambda: forest.ARFRegressor(seed=1),
    "amf": lambda: forest.AMFRegressor(seed=1),
    "hat": lambda: tree.HoeffdingAdaptiveTreeRegressor(seed=1),
    "linear": lambda: preprocessing.StandardScaler()
    | linear_model.LinearRegression(optimizer=optim.SGD(0.01)),
}


def rows(path):
    """Yields the inputs and the target of each row."""
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            y = row.pop("y")
            yield {k: float(v) for k, v in row.items()}, y


def measure(path, model, number):
    """Returns the accuracy or mean absolute error, and the microseconds a row."""
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
    return total / n, 1e6 * (time.process_time() - start) / n


def main():
    """Runs all models on all streams."""
    print("stream,model,score,microseconds", flush=True)
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.csv")):
        if sys.argv[2:] and path.stem not in sys.argv[2:]:
            continue
        number = path.stem.startswith("friedman")
        for name, make in (REGRESSORS if number else CLASSIFIERS).items():
            score, cost = measure(path, make(), number)
            print(f"{path.stem},{name},{score:.4f},{cost:.0f}", flush=True)


main()
