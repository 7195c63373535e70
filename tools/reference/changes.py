"""Changes that River finds in drawn streams, for the sequential detectors.

Run from the root of the repository, with Python 3.12, river 0.26.0, scipy 1.17.1 and Java 17 with the
class path of MOA 2023.04.0 (nz.ac.waikato.cms.moa:moa and what it needs):

    python tools/reference/changes.py CLASSPATH > detect/testdata/reference.json

Each case has a detector, its options, the pieces of a stream, which the test draws anew by
the same arithmetic (SplitMix64), and what was found: the positions of changes, and of
warnings as first positions and lengths. What is not River's own:

- ADWIN and KSWIN with keep_window: River's classes without their reset after a change.
- KSWIN draws of the rest of its window by the generator of the package, in place of
  Python's.
- STEPD, which River does not have, is written here from the paper with SciPy's normal
  distribution. With the absolute value of the statistic and both tails it must find what
  MOA finds, in every stream, or this script fails.
"""

import json
import math
import subprocess
import sys

from river import drift
from scipy.stats import norm

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z):
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
    return z ^ z >> 31


class Draws:
    def __init__(self, seed):
        self.at = mix((seed + GOLDEN) & MASK)

    def uniform(self):
        self.at = (self.at + GOLDEN) & MASK
        return (mix(self.at) >> 11) * 2.0**-53

    def below(self, n):
        return int(self.uniform() * n)

    def choice(self, items):
        return items[self.below(len(items))]


def values(stream):
    """The stream of a case; detect/reference_test.go has the same."""
    draws, out = Draws(stream["seed"]), []
    for piece in stream["pieces"]:
        kind, n, a, b = piece["kind"], piece["n"], piece["a"], piece["b"]
        for i in range(n):
            if kind == "constant":
                x = a
            elif kind == "errors":  # with probability a at the beginning, b at the end
                x = 1.0 if draws.uniform() < a + (b - a) * (i / n) else 0.0
            elif kind == "losses":  # 0 to 1, with means about a to b
                u = draws.uniform()
                x = min((a + (b - a) * (i / n)) * 2.0 * u, 1.0)
            elif kind == "normal":  # mean a, standard deviation b
                total = 0.0
                for _ in range(12):
                    total += draws.uniform()
                x = a + b * (total - 6.0)
            elif kind == "ties":
                x = a + float(int(draws.uniform() * b))
            elif kind == "tail":  # with infinite variance
                x = a + b / (draws.uniform() + 1e-6)
            else:  # extreme
                x = (draws.uniform() - 0.5) * (a if draws.uniform() < 0.5 else b)
            out.append(x)
    return out


def piece(kind, n, a, b=0.0):
    return {"kind": kind, "n": n, "a": a, "b": b}


def of_errors(draws):
    out = []
    for _ in range(1 + draws.below(4)):
        n = 50 + draws.below(900)
        a = draws.choice([0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0])
        b = a if draws.below(2) == 0 else draws.choice([0.02, 0.1, 0.25, 0.6, 0.9])
        out.append(piece("errors", n, a, b))
    return out


def of_losses(draws):
    if draws.below(2) == 0:
        return of_errors(draws)
    return [dict(p, kind="losses") for p in of_errors(draws)]


def of_numbers(draws):
    kinds = ["normal", "normal", "normal", "ties", "constant", "tail", "errors", "extreme"]
    out, kind = [], draws.choice(kinds)
    for _ in range(1 + draws.below(4)):
        n = 50 + draws.below(700)
        if kind == "normal":
            out.append(piece(kind, n, draws.choice([0.0, 0.0, 0.5, 2.0, -3.0, 1000.0]), draws.choice([1.0, 1.0, 0.1, 4.0])))
        elif kind == "ties":
            out.append(piece(kind, n, float(draws.below(3)), float(1 + draws.below(5))))
        elif kind == "constant":
            out.append(piece(kind, n, draws.choice([0.0, 1.0, 1.0, -7.25, 1e9])))
        elif kind == "tail":
            out.append(piece(kind, n, draws.choice([0.0, 5.0]), draws.choice([1.0, 3.0])))
        elif kind == "errors":
            out += of_errors(draws)
        else:
            out.append(piece(kind, n, draws.choice([1e70, 1e12, 1e-70]), draws.choice([1e-3, 1.0, 1e70])))
        if draws.below(6) == 0:
            kind = draws.choice(kinds)
    return out


class KeepADWIN(drift.ADWIN):
    """What is left of the window stays after a change, as in the paper."""

    def update(self, x):
        self._drift_detected = self._helper.update(x)


class Sampler:
    """The draws of the package in place of random.Random."""

    def __init__(self, seed, detector):
        self.seed, self.detector = seed, detector

    def sample(self, population, k):
        rest = len(population)
        pool, at = list(range(rest)), mix(mix((self.seed + GOLDEN) & MASK) ^ self.detector.n)
        for i in range(k):
            at = (at + GOLDEN) & MASK
            j = i + (mix(at) * (rest - i) >> 64)
            pool[i], pool[j] = pool[j], pool[i]
        return pool[:k]


class OurKSWIN(drift.KSWIN):
    def __init__(self, keep_window=False, **options):
        self.keep = keep_window
        super().__init__(**options)

    def _reset(self):
        kept = self.window if hasattr(self, "window") and self.keep else None
        super()._reset()
        self._rng = Sampler(self.seed, self)
        if kept is not None:
            self.window = kept


class STEPD:
    def __init__(self, window_size=30, alpha_drift=0.003, alpha_warning=0.05, two_sided_test=False, as_moa=False):
        self.w, self.drift, self.warning, self.two, self.moa = window_size, alpha_drift, alpha_warning, two_sided_test, as_moa
        self.all, self.drift_detected, self.warning_detected = [], False, False

    def significance(self):
        recent, older = self.all[-self.w:], self.all[:-self.w]
        no, nr = len(older), len(recent)
        ro, rr = no - sum(older), nr - sum(recent)
        p, inverse = (ro + rr) / (no + nr), 1 / no + 1 / nr
        difference = ro / no - rr / nr
        if self.two:
            difference = abs(difference)
        z, sd = difference - inverse / 2, math.sqrt(p * (1 - p) * inverse)
        z = z / sd if sd > 0 else math.copysign(math.inf, z)
        if self.moa:
            return 2 * norm.sf(abs(z))
        if z <= 0:
            return 1.0
        return (2 if self.two else 1) * norm.sf(z)

    def update(self, x):
        if self.drift_detected:
            self.all = []
        self.all.append(int(x))
        self.drift_detected = self.warning_detected = False
        if len(self.all) >= 2 * self.w:
            p = self.significance()
            self.drift_detected = p < self.drift
            self.warning_detected = self.drift <= p < self.warning


def levels(detector, stream):
    out = []
    for x in stream:
        detector.update(x)
        warned = getattr(detector, "warning_detected", False)
        out.append(2 if detector.drift_detected else 1 if warned else 0)
    return out


def adwin(keep_window=False, **options):
    return (KeepADWIN if keep_window else drift.ADWIN)(**options)


def confidences(d):
    out = {}
    if d.below(2):
        out["drift_confidence"] = d.choice([0.0001, 0.01, 0.05])
        out["warning_confidence"] = d.choice([0.05, 0.1, 0.3])
    if d.below(2):
        out["two_sided_test"] = True
    return out


DETECTORS = {
    "adwin": (adwin, of_numbers, lambda d: {
        "delta": d.choice([0.002, 0.0001, 0.05, 0.3]), "clock": d.choice([32, 1, 7]), "max_buckets": d.choice([5, 2, 9]),
        "min_window_length": d.choice([5, 1, 20]), "grace_period": d.choice([10, 0, 100]), "keep_window": d.below(2) == 0}),
    "page_hinkley": (drift.PageHinkley, of_numbers, lambda d: {
        "min_instances": d.choice([30, 1, 100]), "delta": d.choice([0.005, 0.0, 0.5]), "threshold": d.choice([50.0, 5.0, 20.0]),
        "alpha": d.choice([0.9999, 1.0, 0.95]), "mode": d.choice(["both", "up", "down"])}),
    "kswin": (OurKSWIN, of_numbers, lambda d: d.choice([
        {"seed": d.below(1000)}, {"seed": d.below(1000), "keep_window": True},
        {"alpha": 0.05, "window_size": 60, "stat_size": 20, "seed": 3, "keep_window": True}, {"alpha": 0.0001, "window_size": 300, "stat_size": 100, "seed": 4},
        {"alpha": 0.2, "window_size": 10, "stat_size": 5, "seed": 9}])),
    "ddm": (drift.binary.DDM, of_errors, lambda d: {
        "warm_start": d.choice([30, 5, 100]), "warning_threshold": d.choice([2.0, 1.0]), "drift_threshold": d.choice([3.0, 2.5, 2.0])}),
    "eddm": (drift.binary.EDDM, of_errors, lambda d: {
        "warm_start": d.choice([30, 5, 50]), "alpha": d.choice([0.95, 0.99]), "beta": d.choice([0.9, 0.8])}),
    "hddm_a": (drift.binary.HDDMA, of_losses, confidences),
    "hddm_w": (drift.binary.HDDMW, of_losses, lambda d: confidences(d) | {"lambda_val": d.choice([0.05, 0.01, 0.2])}),
    "stepd": (STEPD, of_errors, lambda d: {
        "window_size": d.choice([30, 10, 75]), "alpha_drift": d.choice([0.003, 0.0001]), "alpha_warning": d.choice([0.05, 0.2]),
        "two_sided_test": d.below(2) == 0}),
}
CASES = 36


def runs(found):
    out, i = [], 0
    while i < len(found):
        if found[i] == 1:
            first = i
            while i < len(found) and found[i] == 1:
                i += 1
            out += [first, i - first]
        else:
            i += 1
    return out


def check_moa(classpath, cases):
    lines, want = [], []
    for c in cases:
        o, stream = c["options"], values(c["stream"])
        lines.append(" ".join(map(str, [o["window_size"], o["alpha_drift"], o["alpha_warning"], "".join(str(int(x)) for x in stream)])))
        want.append("".join(map(str, levels(STEPD(**(o | {"two_sided_test": True, "as_moa": True})), stream))))
    out = subprocess.run(["java", "-cp", classpath, "tools/reference/Stepd.java"], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    if out.stdout.split() != want:
        raise SystemExit("MOA finds something else")
    print(f"MOA's STEPD agrees on {len(want)} streams with {sum(w.count('2') for w in want)} changes", file=sys.stderr)


def main():
    cases = []
    for number, (name, (make, draw, options)) in enumerate(DETECTORS.items()):
        for i in range(CASES):
            draws = Draws(1000 * number + i)
            chosen = options(draws) if i % 3 else {}
            stream = {"seed": 10_000 * number + i, "pieces": draw(draws)}
            if name == "kswin" and not i % 3:
                chosen = {"seed": 0}
            if name == "stepd" and not i % 3:
                chosen = {"window_size": 30, "alpha_drift": 0.003, "alpha_warning": 0.05}
            detector = make(**chosen)
            found = levels(detector, values(stream))
            case = {"detector": name, "options": chosen, "stream": stream, "changes": [k for k, level in enumerate(found) if level == 2]}
            if warned := runs(found):
                case["warnings"] = warned
            if name == "adwin":
                case |= {"width": int(detector.width), "mean": detector.estimation}
            cases.append(case)
    check_moa(sys.argv[1], [c for c in cases if c["detector"] == "stepd"])
    print("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]")


main()
