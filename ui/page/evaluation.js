// Plots of a running evaluation: each row was predicted before it was learned.
import { card, el, note, number, percent } from "./dom.js";
import { Plot, heat, range } from "./chart.js";
import { table } from "./tables.js";

export function evaluationPlots(d, report) {
  const cards = el("div", { class: "cards" }), q = d.classes || d.numbers;
  for (const [key, text, show] of [["rows", "rows evaluated", number], ["r2", "R²", number], ["rmse", "RMSE", number], ["mae", "mean absolute error", number], ["bias", "bias", number],
    ["accuracy", "accuracy", percent], ["auc", "ROC area", number], ["log_loss", "log loss", number], ["kappa", "Cohen's kappa", number], ["brier", "Brier score", number]]) {
    if (q[key] !== undefined && q[key] !== null) cards.append(card(show(q[key]), text));
  }
  for (const [key, text] of [["log_loss", "log loss"], ["brier", "Brier score"], ["ece", "calibration error"]]) {
    const c = d.classes?.calibrated;
    if (c) cards.append(card(number(c.before[key]) + " → " + number(c.after[key]), text + ", before and after calibration, of " + number(c.rows) + " rows"));
  }
  const plots = d.classes ? classPlots(d) : numberPlots(d, report.target);
  return [cards, el("div", { class: "sides plots" }, ...plots, ...historyPlots(d))];
}

function numberPlots(d, target) {
  if (!d.joint?.cells.length) return [note("The evaluation has no rows since it keeps what plots need.")];
  return [gridPlot(d.joint, target + ": predicted against actual", "actual", "predicted", (p) => p.line(diagonal(p), "second")),
    gridPlot(d.residuals, target + ": residual against prediction", "predicted", "residual: actual less predicted", (p) => p.across(0, "second")), residualHistogram(d.residuals, target)];
}

const diagonal = (p) => { const lo = Math.max(p.x.range[0], p.y.range[0]), hi = Math.min(p.x.range[1], p.y.range[1]); return [[lo, lo], [hi, hi]]; };

// inner returns where all but the outermost rows of an axis are.
function inner(cells, axis, width) {
  const by = new Map();
  let total = 0;
  for (const c of cells) { by.set(c[axis], (by.get(c[axis]) || 0) + c[2]); total += c[2]; }
  const order = [...by].sort((a, b) => a[0] - b[0]), ends = [];
  for (const all of [order, [...order].reverse()]) {
    let left = total * 0.0005;
    ends.push(all.find(([, w]) => { left -= w; return left < 0; })?.[0] ?? all[0][0]);
  }
  return [ends[0], ends[1] + width];
}

function gridPlot(grid, title, xLabel, yLabel, more) {
  const x = range(inner(grid.cells, 0, grid.width[0]), 0.02), y = range(inner(grid.cells, 1, grid.width[1]), 0.02);
  const plot = new Plot({ title, width: 420, height: 360, x: { label: xLabel, range: x }, y: { label: yLabel, range: y } });
  const most = Math.max(...grid.cells.map((c) => c[2]));
  for (const [a, b, w] of grid.cells) {
    plot.rect(a, b, a + grid.width[0], b + grid.width[1], "heat", number(a) + " to " + number(a + grid.width[0]) + ", " + number(b) + " to " + number(b + grid.width[1]) + ": " + number(w) + " rows", { "fill-opacity": Math.max(0.08, heat(w / most)) });
  }
  more(plot);
  return plot.figure();
}

function residualHistogram(grid, target) {
  const by = new Map(), width = grid.width[1];
  for (const [, r, w] of grid.cells) by.set(r, (by.get(r) || 0) + w);
  const all = [...by], plot = new Plot({ title: target + ": residuals", width: 420, height: 260, x: { label: "residual: actual less predicted", range: range(inner(grid.cells, 1, width), 0.02) }, y: { label: "rows", range: range(all.map(([, w]) => w).concat(0), 0.05, true) } });
  for (const [r, w] of all) plot.rect(r, 0, r + width, w, "fill", number(r) + " to " + number(r + width) + ": " + number(w) + " rows", { stroke: "none" });
  return plot.figure();
}

function classPlots(d) {
  const parts = [], c = d.curve;
  if (c && c.points.length) {
    const base = c.rows / (c.rows + c.others), unit = [0, 1], more = (p) => "threshold " + number(+p.threshold.toPrecision(3)) + ": recall " + percent(p.recall) + ", precision " + percent(p.precision) + ", false positives " + percent(p.false_positive_rate);
    const curve = (title, x, y, at, reference, step) => {
      const plot = new Plot({ title, width: 380, height: 330, x: { label: x, range: unit }, y: { label: y, range: unit } });
      plot.line(reference, "faint").line(c.points.map(at), "main thick");
      for (const p of c.points.filter((_, i) => i % step === 0)) plot.dot(...at(p), 5, "hover", more(p));
      return plot;
    };
    const step = Math.max(1, Math.round(c.points.length / 60));
    parts.push(curve("Receiver operating characteristic of " + c.class, "false-positive rate", "recall", (p) => [p.false_positive_rate, p.recall], [[0, 0], [1, 1]], step).figure("ROC of " + c.class + ": area " + number(+c.auc.toPrecision(4)) + " ± " + number(+c.auc_within.toPrecision(1))),
      curve("Precision and recall of " + c.class, "recall", "precision", (p) => [p.recall, p.precision], [[0, base], [1, base]], step).figure("Precision and recall of " + c.class + ": average precision " + number(+c.average_precision.toPrecision(4))),
      curve("Gain of " + c.class, "share of all rows, the most probable first", "share of the rows of " + c.class, (p) => [p.share, p.recall], [[0, 0], [1, 1]], step).figure());
  } else if (c) parts.push(note("All rows are of one class, so there is no curve yet."));
  if (c) parts.push(calibration(c));
  parts.push(confusion(d.classes));
  return parts;
}

function calibration(c) {
  const plot = new Plot({ title: "Calibration of " + c.class, width: 380, height: 330, x: { label: "mean predicted probability", range: [0, 1] }, y: { label: "share of rows that were", range: [0, 1] } });
  const most = Math.max(1, ...c.calibration.map((b) => b.rows));
  for (const b of c.calibration) plot.rect(b.low + 0.01, 0, b.high - 0.01, 0.25 * b.rows / most, "faint fill", number(b.rows) + " rows");
  plot.line([[0, 0], [1, 1]], "faint").line(c.calibration.map((b) => [b.predicted, b.observed]), "main thick");
  for (const b of c.calibration) plot.dot(b.predicted, b.observed, 4, "fill", number(b.rows) + " rows: " + percent(b.predicted) + " predicted, " + percent(b.observed) + " were");
  return plot.figure("Calibration of " + c.class + ", and how many rows have each probability");
}

const mostClasses = 20;

function confusion(q) {
  const order = q.classes.map((c, i) => i).sort((a, b) => q.classes[b].rows - q.classes[a].rows).slice(0, mostClasses).sort((a, b) => a - b);
  const names = order.map((i) => q.classes[i].class), n = names.length, size = Math.max(22, Math.min(56, 330 / n));
  const left = 30 + 6.4 * Math.max(3, ...names.map((x) => Math.min(18, x.length))), bottom = Math.max(60, left * 0.75 + 20);
  const plot = new Plot({ title: "Confusion matrix", width: left + n * size + 16, height: 20 + n * size + bottom, left, bottom, right: 16, x: { names, turned: true, label: "predicted", range: [-0.5, n - 0.5] }, y: { names, label: "actual", range: [n - 0.5, -0.5] } });
  order.forEach((i, row) => {
    const total = q.confusion[i].reduce((x, y) => x + y, 0) || 1;
    order.forEach((j, column) => {
      const w = q.confusion[i][j], share = w / total;
      plot.rect(column - 0.48, row - 0.48, column + 0.48, row + 0.48, i === j ? "heat" : "heat minus", names[row] + " predicted as " + names[column] + ": " + number(w) + " rows, " + percent(share), { "fill-opacity": share.toFixed(3) });
      if (size >= 34) plot.text(column, row, w >= 10000 ? number(Math.round(w / 1000)) + " k" : number(Math.round(w)), share > 0.6 ? "on" : "");
    });
  });
  return el("div", {}, plot.figure("Confusion matrix, shares within each actual class"), table(["class", "rows", "precision", "recall", "F1", "ROC area"], order.map((i) => q.classes[i]).map((c) => [c.class, c.rows, c.precision, c.recall, c.f1, c.auc]), "By class"));
}

// historyPlots show how good predictions were by when they were made.
function historyPlots(d) {
  const measure = d.classes ? ["accuracy", "accuracy"] : ["rmse", "RMSE"], other = d.classes ? ["log_loss", "log loss"] : ["r2", "R²"], out = [];
  for (const [steps, what] of [[d.recent, "recently"], [d.history, "ever"]]) {
    if (steps.length < 2) continue;
    for (const [key, text] of [measure, other]) {
      const points = steps.filter((s) => Number.isFinite(s[key])).map((s) => [Date.parse(s.from) + s.seconds * 500, s[key]]);
      if (points.length < 2) continue;
      const lo = Date.parse(steps[0].from), last = steps.at(-1), plot = new Plot({ title: text + " over time, " + what, width: 420, height: 230, x: { range: [lo, Date.parse(last.from) + last.seconds * 1000], time: true }, y: { label: text, range: range(points.map((p) => p[1])) } });
      plot.line(points, "main");
      points.forEach((p) => plot.dot(...p, 2.5, "fill", number(p[1])));
      out.push(plot.figure(text[0].toUpperCase() + text.slice(1) + " in steps of " + (last.seconds < 60 ? last.seconds + " s" : number(last.seconds / 60) + " min")));
    }
  }
  return out;
}
