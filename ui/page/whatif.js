// Predict by hand: a slider for each input, the answer, and why it is so.
import { bar, base, card, choose, el, failure, get, modelBase, note, number, percent, post } from "./dom.js";
import { keep, place } from "./state.js";
import { table } from "./tables.js";

const shownInputs = 12, mostInputs = 60; // at first, and for the explanation

export function whatIf(project, report, role) {
  const box = el("section", { id: "whatif" }, el("h3", {}, "Predict by hand"));
  if (!(report.model_inputs || []).length || report.warming_up || report.error) box.append(note("The form appears once the model can answer."));
  else fill(box, project, report, role).catch((error) => box.append(failure(error)));
  return box;
}

async function fill(box, project, report, role) {
  const summary = await get(base(project) + "/summary"), known = new Map(summary.attributes.map((a) => [a.name, a]));
  const inputs = report.model_inputs.filter((n) => known.has(n)); // not what is computed of them
  const usual = Object.fromEntries(inputs.map((n) => [n, typical(known.get(n))]));
  let given = {};
  try { given = JSON.parse(place().parameters.row || "{}"); } catch { /* an address that was cut */ }
  const row = { ...usual, ...Object.fromEntries(Object.entries(given).filter(([n]) => inputs.includes(n))) };
  const order = byWeight(report, inputs), search = el("input", { type: "search", placeholder: "part of a name", "aria-label": "search inputs", size: 14 });
  const fields = el("div", { class: "sliders" }), left = note(), answer = el("div", { "aria-live": "polite", id: "answer" });
  const reset = el("button", { type: "button", class: "link" }, "back to usual values");
  let running = false, again = false;
  const predict = async () => {
    if (running) { again = true; return; }
    running = true;
    try {
      const asked = order.slice(0, mostInputs).filter((n) => row[n] !== usual[n]), rows = [row, usual, ...asked.map((n) => ({ ...row, [n]: usual[n] }))];
      const [own, typicalOne, ...others] = await post(base(project) + "/predict?model=" + encodeURIComponent(report.name), rows);
      answer.replaceChildren(...explained(own, typicalOne, asked.map((n, i) => [n, others[i]]), row, usual, role));
    } catch (error) { answer.replaceChildren(/^40[45]\b/.test(error.message) ? note("This pipeline serves the interface for reading only: rows cannot be sent to it. ", el("code", {}, "/sml-write/"), " of a pipeline with ", el("code", {}, "writable: true"), " answers here.") : failure(error)); }
    running = false;
    if (again) { again = false; predict(); }
  };
  const changed = () => {
    keep({ row: JSON.stringify(Object.fromEntries(inputs.filter((n) => row[n] !== usual[n]).map((n) => [n, row[n]]))).replace(/^{}$/, "") });
    predict();
  };
  const draw = () => {
    const found = order.filter((n) => n.toLowerCase().includes(search.value.toLowerCase()));
    fields.replaceChildren(...found.slice(0, shownInputs).map((n) => slider(n, known.get(n), row, changed)));
    left.textContent = found.length > shownInputs ? number(found.length - shownInputs) + " more inputs have their usual values; the search finds them." : "";
    left.hidden = !left.textContent;
  };
  search.addEventListener("input", draw);
  reset.addEventListener("click", () => { Object.assign(row, usual); draw(); changed(); });
  const form = el("form", {}, inputs.length > shownInputs ? el("label", {}, "inputs", search) : "", fields, left, reset);
  form.addEventListener("submit", (event) => event.preventDefault());
  box.append(note("It begins with the median, or the most frequent value, of each input. Nothing is learned from it."), el("div", { class: "sides" }, form, answer));
  draw();
  predict();
}

// byWeight puts the inputs that decide most first, where the model tells.
function byWeight(report, inputs) {
  const weight = new Map((Array.isArray(report.model?.coefficients) ? report.model.coefficients : []).map((c) => [c.name, Math.abs(c.t ?? c.estimate ?? 0)]));
  return [...inputs].sort((a, b) => (weight.get(b) || 0) - (weight.get(a) || 0));
}

function typical(a) {
  if (!a?.univariate) return 0;
  if (a.univariate.values) return Object.entries(a.univariate.values).sort((x, y) => y[1] - x[1])[0]?.[0] ?? "";
  if (a.type === "binary") return a.univariate.mean >= 0.5 ? 1 : 0;
  return a.univariate.median ?? a.univariate.mean ?? 0;
}

function slider(name, a, row, changed) {
  if (a?.univariate?.values) {
    const pick = choose(name, Object.keys(a.univariate.values).slice(0, 200), row[name]);
    pick.select.addEventListener("change", () => { row[name] = pick.select.value; changed(); });
    return pick.field;
  }
  const u = a?.univariate || {}, lo = a?.density?.min ?? u.min ?? 0, hi = a?.density?.max ?? u.max ?? 1, whole = a?.type === "binary";
  const step = whole ? 1 : 10 ** Math.floor(Math.log10(Math.max(1e-300, (hi - lo) / 200))) || "any";
  const range = el("input", { type: "range", min: lo, max: hi, step, "aria-label": name }), exact = el("input", { type: "number", step: "any", "aria-label": name + ", exactly", size: 8 });
  range.value = exact.value = row[name];
  range.addEventListener("input", () => { row[name] = Number(range.value); exact.value = range.value; changed(); });
  exact.addEventListener("change", () => { if (exact.value === "") return; row[name] = Number(exact.value); range.value = exact.value; changed(); });
  return el("div", { class: "slider" }, el("span", { class: "name" }, name), range, exact);
}

// told is the number that an answer is about.
const told = (r, like) => r.prediction ?? r.score ?? (r.probabilities ? r.probabilities[like ?? r.class] : undefined);

function explained(own, usualOne, others, row, usual, role) {
  if (own.error) return [failure({ message: own.error })];
  if (own.warming_up) return [note("The model is warming up.")];
  const what = own.prediction !== undefined ? "prediction" : own.score !== undefined ? "score" : "probability of " + own.class, x = told(own), before = told(usualOne, own.class);
  const cards = [];
  if (own.class !== undefined) cards.push(card(String(own.class), "class"), card(percent(own.probability), "its probability"));
  else cards.push(card(number(x), what));
  if (own.interval) cards.push(card(number(own.interval.low) + " to " + number(own.interval.high), "interval"));
  if (own.quantile !== undefined) cards.push(card(percent(own.quantile), "of all scores are not higher"));
  if (own.is_anomaly !== undefined && role === "anomaly") cards.push(card(own.is_anomaly === null ? "–" : own.is_anomaly ? "yes" : "no", "anomaly"));
  if (before !== undefined) cards.push(card(number(before), what + " of usual values"));
  const parts = [el("div", { class: "cards" }, ...cards)];
  if (own.probabilities && Object.keys(own.probabilities).length > 1) {
    parts.push(table(["class", "probability", ""], Object.entries(own.probabilities).sort((a, b) => b[1] - a[1]).slice(0, 10).map(([c, p]) => [c, { show: percent(p), value: p }, bar(p, 8)]), "Probabilities"));
  }
  const contributions = Object.entries(own.contributions || {}).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).slice(0, 15);
  if (contributions.length) {
    const most = Math.max(1e-300, Math.abs(contributions[0][1]));
    parts.push(table(["input", "value", "contribution", ""], contributions.map(([n, c]) => [n, row[n] ?? "", c, bar(c / most, 7)]), "What it is made of"));
  }
  const effects = others.map(([n, r]) => [n, x - told(r, own.class)]).filter(([, e]) => Number.isFinite(e)).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
  if (effects.length) {
    const most = Math.max(1e-300, Math.abs(effects[0][1]));
    parts.push(table(["changed input", "value", "usual", "effect on the " + (own.class !== undefined ? "probability" : what), ""], effects.slice(0, 15).map(([n, e]) => [n, row[n], usual[n], e, bar(e / most, 7)]), "What each changed input does: the answer less that with its usual value"));
  } else if (!contributions.length) parts.push(note("Move a slider to see what it does."));
  return parts;
}
