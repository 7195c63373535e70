"""Yeo-Johnson powers by SciPy, for model/powers_test.go.

Run: python yeojohnson.py (scipy 1.14 or later); prints Go table rows.
"""
from scipy.stats import yeojohnson

for y in (-3.5, -0.25, 0.0, 0.75, 12.0):
    for power in (-2.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0):
        print(f"{{y: {y}, lambda: {power}, want: {float(yeojohnson([y], lmbda=power)[0])!r}}},")
