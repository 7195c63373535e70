// What is known about a model: quality, coefficients, everything else.
import { bar, card, el, number, note, probability } from "./dom.js";
import { Plot, range } from "./chart.js";
import { forest } from "./forest.js";
import { render, table } from "./tables.js";

// Measures that stand above a model's description, in this order.
const headlines = [["r2", "R²"], ["adjusted_r2", "adjusted R²"], ["rmse", "RMSE"], ["aicc", "AICc"], ["accuracy", "accuracy"], ["auc", "ROC AUC"], ["log_loss", "log loss"]];

export function describe(report, milliseconds) {
  const m = report.model || {}, cards = [card(number(report.built_from), "rows built from")];
  if (milliseconds !== undefined) cards.push(card(number(milliseconds) + " ms", "to build"));
  for (const [key, text] of headlines) if (typeof m[key] === "number") cards.push(card(number(m[key]), text));
  const cv = m.cross_validation;
  if (cv && typeof cv.r2 === "number") cards.push(card(number(cv.r2), "R², cross-validated, " + cv.folds + " folds"));
  if (cv && typeof cv.rmse === "number") cards.push(card(number(cv.rmse), "RMSE, cross-validated"));
  const parts = [el("div", { class: "cards" }, ...cards)];
  if (report.error) parts.unshift(el("p", { class: "error" }, report.error));
  if (report.warming_up) parts.unshift(note("Warming up: it waits for " + (report.waiting_for || number(report.min_rows) + " rows") + "."));
  if (Array.isArray(m.coefficients) && m.coefficients.length) parts.push(el("h3", {}, "Coefficients of " + (m.target || report.target || "the model")), el("div", { class: "sides" }, coefficientPlot(m), coefficientTable(m)));
  if (Array.isArray(m.curves) && m.curves.length) parts.push(el("h3", {}, "What each input adds"), el("div", { class: "sides" }, ...m.curves.slice(0, mostShown).map((c) => curvePlot(c, m))));
  if (Array.isArray(m.pairs) && m.pairs.length) parts.push(table(["pair", "explains of what curves leave"], m.pairs.map((p) => [p.inputs.join(" and "), probability(p.gain)]), "Pairs with a term of their own"));
  if (report.calibration) parts.splice(1, 0, note(report.calibration.applied ? "Probabilities are calibrated: " + report.calibration.method + ", of " + number(report.calibration.rows) + " evaluated rows." : "Probabilities are its own: " + report.calibration.method + " waits for " + report.calibration.waiting_for + " (" + number(report.calibration.rows) + " of " + number(report.calibration.needs) + " rows)."));
  const { coefficients, ...rest } = m;
  if (Array.isArray(m.forests)) {
    for (const f of m.forests) parts.push(...forest(f, m.forests.length > 1));
    rest.forests = m.forests.map(({ tree, importance, ...others }) => others);
  }
  parts.push(el("details", { open: !m.coefficients && JSON.stringify(rest).length < 4000 }, el("summary", {}, "Everything known"), render({ ...report, model: Object.keys(rest).length ? rest : undefined })));
  return parts;
}

function coefficientTable(m) {
  const some = (key) => m.coefficients.some((c) => c[key] !== undefined), level = Math.round(100 * (m.confidence || 0.95)) + " % interval";
  const most = Math.max(1e-300, ...m.coefficients.filter((c) => c.name !== "(intercept)").map((c) => Math.abs(c.estimate)));
  const columns = [["coefficient", (c) => c.name], ["estimate", (c) => c.estimate]];
  if (some("low")) columns.push([level, (c) => ({ show: el("span", {}, c.low === undefined ? "–" : number(c.low) + " to " + number(c.high)), value: c.low === undefined ? "" : c.low + " to " + c.high })]);
  if (some("std_error")) columns.push(["std. error", (c) => c.std_error]);
  if (some("t")) columns.push(["t", (c) => c.t]);
  if (some("p")) columns.push(["p", (c) => el("td", { class: c.p > 0.05 ? "n low" : "n" }, probability(c.p))]);
  if (some("vif")) columns.push(["VIF", (c) => c.vif ?? ""]);
  if (!some("low")) columns.push(["", (c) => c.name === "(intercept)" ? "" : bar(c.estimate / most, 5)]);
  const shown = m.coefficients.slice(0, 100);
  return el("div", {}, table(columns.map(([h]) => h), shown.map((c) => columns.map(([, of]) => of(c))), "Coefficients"), shown.length < m.coefficients.length ? note("The first 100 of " + m.coefficients.length + "; the rest is under everything known.") : "");
}

const mostShown = 40;

// curvePlot shows a curve of an additive model with its band, about 0 on the mean.
function curvePlot(c, m) {
  const title = "Curve of " + c.input, all = c.points.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y]);
  const plot = new Plot({ title, width: 380, height: 240, x: { label: c.input, range: range(c.points.map((p) => p.x)) }, y: { label: "adds to " + (m.target || "the target"), range: range([...all, 0]) } });
  plot.band(c.points.map((p) => [p.x, p.low ?? p.y, p.high ?? p.y]), "main");
  plot.line(c.points.map((p) => [p.x, p.y]), "main", number(c.df) + " degrees of freedom");
  plot.line([[c.points[0].x, 0], [c.points[c.points.length - 1].x, 0]], "faint");
  return plot.figure();
}

// coefficientPlot shows estimates with intervals, the largest in standard errors
// first, without the intercept.
function coefficientPlot(m) {
  const weight = (c) => Math.abs(c.t ?? c.estimate);
  const all = m.coefficients.filter((c) => c.name !== "(intercept)" && Number.isFinite(c.estimate)).sort((a, b) => weight(b) - weight(a)).slice(0, mostShown);
  if (!all.length) return "";
  const names = all.map((c) => c.name), intervals = all.some((c) => c.low !== undefined);
  const plot = new Plot({ title: "Coefficients", width: 480, height: 60 + 20 * all.length, y: { names, range: [all.length - 0.5, -0.5] }, x: { label: intervals ? "estimate with interval" : "estimate", range: range(all.flatMap((c) => [c.low ?? c.estimate, c.high ?? c.estimate, 0])) } });
  plot.line([[0, -0.5], [0, all.length - 0.5]], "faint");
  all.forEach((c, i) => {
    const unsure = c.low !== undefined && c.low <= 0 && c.high >= 0;
    if (c.low !== undefined) plot.line([[c.low, i], [c.high, i]], unsure ? "faint" : "main");
    else plot.line([[0, i], [c.estimate, i]], c.estimate < 0 ? "second" : "main");
    plot.dot(c.estimate, i, 3.5, unsure ? "fill low" : "fill", c.name + ": " + number(c.estimate) + (c.low !== undefined ? ", " + number(c.low) + " to " + number(c.high) : ""));
  });
  return plot.figure();
}
