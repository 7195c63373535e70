// The members of a pool over time: how much each has counted, and what it has cost.
import { el, note, number, percent } from "./dom.js";
import { Plot, range, short } from "./chart.js";
import { table } from "./tables.js";

const shown = 6; // members that have a colour, those that counted most

export function membersPlots(course) {
  const measure = course.measure === "log_loss" ? "log loss" : "absolute error", order = byWeight(course);
  const parts = [el("h3", {}, "Members over time"),
    note(number(course.rows) + " rows were predicted and compared with what they turned out to be" + (course.half_life_rows ? "; a loss counts half after " + number(course.half_life_rows) + " rows" : "") + ".")];
  if (course.steps.length > 1) {
    parts.push(el("div", { class: "sides plots" },
      plot(course, order, "Weights of the members", "weight", (s, name) => s.members[name]?.weight ?? 0, percent),
      plot(course, order, "What predictions have cost: " + measure, "mean " + measure, (s, name) => s.members[name]?.loss ?? NaN, number, (s) => s.loss)));
  }
  const last = course.steps.at(-1);
  parts.push(table(["member", "weight", "mean " + measure], order.map((name) => {
    const m = last.members[name];
    return [name, { show: m ? percent(m.weight) : "–", value: m?.weight ?? null }, m?.loss ?? null];
  }), "Members in the last " + number(last.seconds) + " s that had rows"));
  return parts;
}

// byWeight returns the names of the members, those first that have counted most.
function byWeight(course) {
  const sum = new Map(course.names.map((name) => [name, 0]));
  for (const s of course.steps) for (const [name, m] of Object.entries(s.members)) sum.set(name, sum.get(name) + m.weight * s.rows);
  return [...sum].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

function plot(course, order, title, label, of, show, whole) {
  const at = (s) => Date.parse(s.from) + s.seconds * 500, last = course.steps.at(-1), values = [], lines = [];
  for (const name of order) lines.push([name, course.steps.map((s) => [at(s), of(s, name), s])]);
  for (const [, points] of lines) values.push(...points.map((p) => p[1]));
  const rows = Math.ceil((Math.min(order.length, shown) + (whole ? 1 : 0) + (order.length > shown ? 1 : 0)) / 3);
  const p = new Plot({ title, width: 520, height: 250 + 16 * rows, top: 14 + 16 * rows, x: { range: [Date.parse(course.steps[0].from), Date.parse(last.from) + last.seconds * 1000], time: true }, y: { label, range: range(values, 0.05, true) } });
  const entries = [];
  lines.forEach(([name, points], i) => {
    const kind = i < shown ? "c" + i : "faint";
    p.line(points, kind, name);
    if (i < shown) entries.push([kind, short(name)]);
    for (const [x, y, s] of points) if (Number.isFinite(y)) p.dot(x, y, 2.5, i < shown ? "fill " + kind : "hover", name + ": " + show(y) + ", " + number(s.rows) + " rows");
  });
  if (order.length > shown) entries.push(["faint", "others"]);
  if (whole) {
    p.line(course.steps.map((s) => [at(s), whole(s)]), "thick dotted", "the pool");
    entries.push(["dotted", "the pool"]);
  }
  for (let r = 0; r < rows; r++) legendRow(p, entries.slice(3 * r, 3 * r + 3), 16 * (rows - 1 - r));
  return p.figure();
}

// legendRow writes entries above the plot, so much higher than the last row.
function legendRow(p, entries, higher) {
  p.top -= higher;
  p.legend(entries);
  p.top += higher;
}
