"""Writes published.json.gz: all rows of CSV files as people publish them, as
the strings that a CSV reader gives, with the types that pandas infers of them.

The files are those that PyPI packages ship; run it in an environment with
  pip install statsmodels==0.15.0 vega_datasets==0.9.0 plotly==7.1.0 scikit-learn==1.9.1 pandas==3.1.1
Licences: statsmodels BSD-3-Clause (its data sets are public domain or cited in each
folder), vega_datasets MIT, plotly MIT, scikit-learn BSD-3-Clause.
"""
import csv, gzip, importlib.metadata, io, json, pathlib, sys
import pandas as pd
import plotly, sklearn, statsmodels, vega_datasets

FILES = 31


def delimiter(text):
    """The one of a table whose first line has no comma: tab, or blank where every line has as many."""
    lines = text.splitlines()
    if "," in lines[0]:
        return ","
    if "\t" in lines[0]:
        return "\t"
    return " " if lines[0].count(" ") and len({line.count(" ") for line in lines if line}) == 1 else ","


chosen = []
for package, name, most in ((statsmodels, "statsmodels", 14), (vega_datasets, "vega_datasets", 7), (plotly, "plotly", 6), (sklearn, "scikit-learn", 4)):
    root = pathlib.Path(package.__file__).parent
    found = [p for p in sorted(root.rglob("*.csv*")) if p.suffix in (".csv", ".gz") and "test" not in str(p.relative_to(root)) and p.stat().st_size > 200]
    taken = 0
    for path in found:
        raw = gzip.open(path, "rb").read() if path.suffix == ".gz" else path.read_bytes()
        try:
            text = raw.decode("utf-8")
            mark = delimiter(text)
            rows = list(csv.reader(io.StringIO(text), delimiter=mark))
        except (UnicodeDecodeError, csv.Error):
            continue
        header, body = rows[0], [r for r in rows[1:] if len(r) == len(rows[0])]
        if len(body) < 10 or len(header) > 60 or len(set(header)) != len(header) or taken == most:
            continue
        excerpt = io.StringIO()
        csv.writer(excerpt).writerows([header] + body)
        excerpt.seek(0)
        types = [str(t) for t in pd.read_csv(excerpt).dtypes]
        chosen.append({"package": name + " " + importlib.metadata.version(name), "file": str(path.relative_to(root)), "delimiter": mark, "header": header, "pandas": types, "rows": body})
        taken += 1
chosen = chosen[:FILES]
print(len(chosen), "files", pd.__version__, file=sys.stderr)
with open(pathlib.Path(__file__).parent / "published.json.gz", "wb") as out:
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as z:
        z.write(json.dumps(chosen, ensure_ascii=False, separators=(",", ":")).encode())
