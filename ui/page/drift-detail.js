// One attribute in two states: both distributions on one axis, the tests, the effects.
import { base, count, el, failure, get, note, number, percent, probability } from "./dom.js";
import { Plot, range } from "./chart.js";
import { table } from "./tables.js";

const cells = 40, farOut = 3, mostValues = 20;

const tests = { // what each is called, what it asks, whether the verdict uses it
  welch: ["Welch's t", "Do the means differ?", false],
  obrien: ["O'Brien", "Do the variances differ?", false],
  wilcoxon: ["Wilcoxon", "Are the values larger or smaller as a whole? By their ranks.", false],
  mood: ["Mood", "Do the values spread more or less? By their ranks.", true],
  kolmogorov_smirnov: ["Kolmogorov–Smirnov", "How far are the distribution functions apart where they differ most?", false],
  anderson_darling: ["Anderson–Darling", "Do the distributions differ anywhere, tails included?", true],
  chi_square: ["chi-square", "Do the shares of the values differ?", true],
  chi_square_max: ["largest chi-square", "Does the share of rows with any one value differ? Corrected for the number of values.", true],
  missing: ["missing values", "Does the share of rows without a value differ?", true],
};

const effects = {
  mean_shift: ["shift of the mean", "Difference of the means in pooled standard deviations (Cohen's d): 0.2 is called small, 0.8 large."],
  stddev_ratio: ["ratio of std. dev.", "Standard deviation of the rows that are compared, divided by that of the reference: 1 where it is the same."],
  wasserstein: ["Wasserstein distance", "How far values would have to move on average, in units of the attribute, to turn one distribution into the other."],
  jensen_shannon: ["Jensen–Shannon", "In bits: 0 for equal distributions, 1 for two without a common value."],
  psi: ["PSI", "Population stability index: below 0.1 is usually called stable, above 0.25 changed."],
};

export const sideName = (side) => side.name || "all rows";

// wordsOf are the words of the verdict: of two times, or of two sources.
export const wordsOf = (told) => [told.recent, told.reference].some((s) => /^(shard:|project:|key:|other shards$)/.test(s.name))
  ? { changed: "differs", same: "alike", one: " differs: ", many: " differ: ", nothing: "No difference in ", together: "No attribute alone differs, but all of them together do." }
  : { changed: "changed", same: "as before", one: " has changed: ", many: " have changed: ", nothing: "Nothing has changed in ", together: "No attribute alone has changed, but all of them together have." };

// partsOf are the parts under which both states are asked; null is what all rows have
// beyond the recent ones.
const partOf = (side) => side.name === "all rows" || !side.name ? "" : side.name === "other shards" ? null : side.name;

export async function driftDetail(place, project, told, a) {
  if (!a) { place.replaceChildren(); place.shown = ""; return; }
  const text = JSON.stringify([told.recent, told.reference, a, told.alpha]);
  if (place.shown === text) return;
  let plot;
  try { plot = await (a.kind === "numeric" ? distributions : shares)(project, told, a); } catch (error) {
    if (error instanceof TypeError) throw error;
    plot = failure(error);
  }
  const first = place.name !== a.attribute;
  place.shown = text;
  place.name = a.attribute;
  place.replaceChildren(el("h3", {}, a.attribute), note(sentence(a, told)), el("div", { class: "sides" }, plot, sides(a, told)), testTable(a), effectTable(a), ...valueTables(a, told));
  if (first && matchMedia("(max-width: 60rem)").matches) place.scrollIntoView({ block: "start" });
}

function sentence(a, told) {
  const words = wordsOf(told), first = (text) => text[0].toUpperCase() + text.slice(1) + ".";
  const found = a.p_adjusted === null || a.p_adjusted === undefined ? "No test is defined." : a.drift ? first(words.changed) : a.p_adjusted < told.alpha ? "Significant, but the effect is below min_effect." : first(words.same);
  return found + " p is " + probability(a.p) + ", adjusted for " + count(told.attributes.length, "attribute") + " " + probability(a.p_adjusted) + ". The effect is " + number(a.effect) + ": "
    + (a.kind === "numeric" ? "the largest difference of the two distribution functions" : a.kind === "list" ? "the largest difference of the share of a value" : "half of the sum of the differences of shares") + ", or the difference of the shares of missing values where that is larger."
    + (a.dependent ? " Rows that follow each other count as dependent." : "");
}

const bounds = (lo, hi) => ({ min: lo, max: hi });

// both asks the same question of both states; where one does not have the attribute its
// answer is null.
async function both(project, told, question, parameters, minus) {
  const one = (part) => get(base(project) + "/explore/" + question, { ...parameters, part }).catch((error) => { if (error instanceof TypeError) throw error; return null; });
  const reference = partOf(told.reference);
  const [recent, before] = await Promise.all([one(partOf(told.recent)), one(reference ?? "")]);
  return [reference === null && recent && before && minus ? minus(before, recent) : before, recent];
}

const less = (x, y) => Math.max(0, x - y);

// distributions draws both histograms on one axis: bars of the recent rows, a line of the
// reference.
async function distributions(project, told, a) {
  const attribute = a.attribute, asked = { attribute, bins: cells };
  const whole = await both(project, told, "density", asked), ranges = whole.filter((d) => d && d.count > 0);
  if (!ranges.length) return note("Neither state has a value.");
  let lo = Math.min(...ranges.map((d) => d.min)), hi = Math.max(...ranges.map((d) => d.max));
  const q = (await Promise.all(["0.005", "0.995"].map((q) => both(project, told, "quantile", { attribute, q })))).map((pair) => pair.filter(Number.isFinite));
  const inLo = Math.min(...q[0]), inHi = Math.max(...q[1]), room = (inHi - inLo) / 10;
  if (inHi > inLo && hi - lo > farOut * (inHi - inLo)) [lo, hi] = [Math.max(lo, inLo - room), Math.min(hi, inHi + room)];
  if (!(hi > lo)) [lo, hi] = range([lo]);
  const minus = (x, y) => ({ ...x, count: less(x.count, y.count), below: less(x.below, y.below), above: less(x.above, y.above), histogram: x.histogram.map((n, i) => less(n, y.histogram[i] ?? 0)) });
  const [before, recent] = await both(project, told, "density", { ...asked, ...bounds(lo, hi) }, minus);
  const share = (d) => d && d.count > 0 ? d.histogram.map((n) => n / d.count) : [], old = share(before), at = (d, i) => d.min + i * d.width;
  const plot = new Plot({ title: titleOf(told, a), width: 620, height: 280, top: 24, x: { label: attribute, range: [lo, hi] }, y: { label: "share of the rows", range: range(old.concat(share(recent), 0.001), 0.05, true) } });
  share(recent).forEach((s, i) => { if (s > 0) plot.rect(at(recent, i), 0, at(recent, i + 1), s, "fill soft", number(at(recent, i)) + " to " + number(at(recent, i + 1)) + ": " + pair(told, percent(s), percent(old[i] ?? 0))); });
  if (old.length) plot.line(old.flatMap((s, i) => [[at(before, i), s], [at(before, i + 1), s]]), "second thick");
  legend(plot, told);
  const out = (d) => d && d.count > 0 ? (d.below + d.above) / d.count : 0, beyond = [recent, before].some((d) => out(d) > 0);
  const figure = plot.figure();
  if (beyond) figure.append(note("Values beyond this axis: " + pair(told, percent(out(recent)), percent(out(before))) + "."));
  return figure;
}

const titleOf = (told, a) => a.attribute + ": " + sideName(told.recent) + " and " + sideName(told.reference);
const pair = (told, recent, reference) => recent + " in " + sideName(told.recent) + ", " + reference + " in " + sideName(told.reference);

// legend names both states; that they are told apart does not need colours.
function legend(plot, told) {
  const [recent, reference] = plot.y.names ? ["upper bar", "lower bar"] : ["bars", "line"], name = (side) => [...sideName(side)].slice(0, 30).join("");
  plot.legend([["main thick", name(told.recent) + " (" + recent + ")"], ["second thick", name(told.reference) + " (" + reference + ")"]]);
}

// countsOf are the values of an attribute with their rows.
function countsOf(u) {
  if (!u) return {};
  if (!u.values) return Number.isFinite(u.mean) ? { true: u.mean * u.count, false: (1 - u.mean) * u.count } : {};
  return u.other > 0 ? { ...u.values, "all others": u.other } : u.values;
}

// shares draws the share of each value in both states, those that differ most.
async function shares(project, told, a) {
  const minus = (x, y) => { const less1 = countsOf(x), of = countsOf(y); return { count: less(x.count, y.count), values: Object.fromEntries(Object.entries(less1).map(([v, n]) => [v, less(n, of[v] || 0)])) }; };
  const [before, recent] = await both(project, told, "univariate", { attribute: a.attribute }, minus);
  const old = countsOf(before), fresh = countsOf(recent), of = (all, u, v) => (all[v] || 0) / ((u?.count) || 1);
  const all = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].map((v) => ({ v, x: of(old, before, v), y: of(fresh, recent, v) })).filter((s) => s.x > 0 || s.y > 0);
  if (!all.length) return note("Neither state has a value that is counted.");
  const shown = all.sort((s, t) => Math.abs(t.y - t.x) - Math.abs(s.y - s.x)).slice(0, mostValues).sort((s, t) => t.x + t.y - s.x - s.y), names = shown.map((s) => s.v);
  const plot = new Plot({ title: titleOf(told, a), width: 620, height: 76 + 30 * names.length, top: 24, y: { names, range: [names.length - 0.5, -0.5] }, x: { label: "share of the rows", range: range(shown.flatMap((s) => [s.x, s.y]), 0.05, true) } });
  shown.forEach(({ v, x, y }, i) => {
    const title = v + ": " + pair(told, percent(y), percent(x));
    plot.rect(0, i - 0.36, y, i - 0.02, "fill", title);
    plot.rect(0, i + 0.02, x, i + 0.36, "fill second", title);
  });
  legend(plot, told);
  const figure = plot.figure();
  if (all.length > shown.length) figure.append(note("The " + shown.length + " of " + all.length + " values whose shares differ most."));
  return figure;
}

function sides(a, told) {
  const row = (title, of) => [title, of(a.reference), of(a.recent)];
  const gaps = (s) => s.missing / ((s.missing + s.rows) || 1);
  return table(["measure", sideName(told.reference), sideName(told.recent)], [
    row("rows with a value", (s) => s.rows), row("effective rows", (s) => s.effective_rows),
    row("missing", (s) => ({ show: percent(gaps(s)), value: gaps(s) })),
    ...(a.kind === "numeric" ? [row("mean", (s) => s.mean), row("std. dev.", (s) => s.stddev)] : []),
  ], a.attribute + " in both states");
}

const wide = (text) => el("td", { class: "text" }, text);
const inexact = (value, error) => error > 0 ? { show: number(value) + " ± " + number(error), value } : value;

function testTable(a) {
  if (!a.tests.length) return note("No test fits this attribute.");
  return table(["test", "what it asks", "statistic", "degrees of freedom", "p", "in the verdict"], a.tests.map((t) => {
    const [name, asks, counts] = tests[t.test] || [t.test, "", null];
    const df = [t.df, t.df2].filter((d) => Number.isFinite(d) && d !== 0).map(number).join(", ");
    return [name, wide(asks), inexact(t.statistic, t.error), df || "–", { show: probability(t.p), value: t.p }, counts === null ? "–" : counts ? "yes" : "no, for reading"];
  }), "Tests of " + a.attribute);
}

function effectTable(a) {
  if (!a.effects) return "";
  const here = Object.entries(effects).filter(([k]) => Number.isFinite(a.effects[k]));
  return here.length ? table(["effect", "size", "what it means"], here.map(([k, [name, means]]) => [name, inexact(a.effects[k], a.effects[k + "_error"]), wide(means)]), "Sizes of the difference of " + a.attribute) : "";
}

function valueTables(a, told) {
  const one = (all, title) => all?.length ? [table(["value", "rows", "share"], all.map((v) => [v.value, v.rows, { show: percent(v.share), value: v.share }]), title)] : [];
  return [...one(a.new_values, "Values of " + a.attribute + " that only " + sideName(told.recent) + " has"), ...one(a.vanished_values, "Values of " + a.attribute + " that only " + sideName(told.reference) + " has"),
    ...(a.pooled_values > 0 ? [note(count(a.pooled_values, "rare value") + " were tested as one.")] : [])];
}
