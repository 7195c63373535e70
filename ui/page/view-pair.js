// Two attributes. One wants to see how they go together, whether a category explains
// it, and the numbers with their certainty.
import { base, choose, el, get, groupNames, inert, learnedNames, note, number, numericNames } from "./dom.js";
import { place, remember, frame } from "./state.js";
import { Plot, heat, range } from "./chart.js";
import { render, table } from "./tables.js";

export const pair = {
  title: "Two attributes",
  async open(room, project) {
    const info = await get(base(project)), names = learnedNames(info), numeric = numericNames(info);
    if (names.length < 2) { room.append(note("The project has fewer than two attributes.")); return null; }
    const a = choose("first", names, names[0]), b = choose("second", names, names[1]), by = choose("by category", ["", ...groupNames(info)].map((n) => [n, n || "–"]), "");
    const ellipses = el("input", { type: "checkbox" }), area = el("div", {}), numbers = el("div", {}), groups = el("div", {});
    a.select.dataset.usual = names[0];
    b.select.dataset.usual = names[1];
    for (const [field, name] of [[a.select, "a"], [b.select, "b"], [by.select, "by"], [ellipses, "ellipses"]]) remember(field, name, () => frame.anew());
    by.field.hidden = by.select.options.length < 2;
    room.append(inert(el("form", {}, a.field, b.field, by.field, el("label", { class: "check" }, ellipses, "ellipses"))), el("div", { class: "sides" }, area, numbers), groups);
    return async () => {
      const asked = { a: a.select.value, b: b.select.value }, group = by.select.value;
      const both = numeric.includes(asked.a) && numeric.includes(asked.b) && asked.a !== asked.b;
      const [told, joint] = await Promise.all([get(base(project) + "/explore/bivariate", asked), both ? get(base(project) + "/explore/joint_density", { ...asked, by: [asked.a, asked.b].includes(group) ? "" : group }) : null]);
      if (asked.a !== a.select.value || asked.b !== b.select.value) return; // others are asked for by now
      numbers.replaceChildren(told.conditional ? conditional(asked, told) : render(told));
      area.replaceChildren(...(joint && joint.shares.length ? [density(joint, ellipses.checked), note("Density: the shares of each attribute are counted, and how they go together is a normal copula of their correlation" + (joint.groups ? ", one within all categories." : ". A category tells groups apart."))] : told.conditional ? [byCategory(asked, told)] : told.counts ? [counts(asked, told)] : joint ? [note("No row has both yet.")] : []));
      groups.replaceChildren(...(joint?.groups ? [table([joint.by, "rows", "mean of " + joint.a, "mean of " + joint.b, "std. dev. of " + joint.a, "std. dev. of " + joint.b, "correlation within", "shape"], joint.groups.map((g) => [g.value, g.count, g.mean_a, g.mean_b, g.stddev_a, g.stddev_b, g.correlation, g.marginals]), "By " + joint.by)] : []));
    };
  },
};

function density(j, ellipses) {
  const plot = new Plot({ title: j.a + " and " + j.b + (j.groups ? " by " + j.by : "") + ": joint density", width: 560, height: 470, top: j.groups ? 24 : 14, x: { label: j.a, range: [j.min_a, j.max_a] }, y: { label: j.b, range: [j.min_b, j.max_b] } });
  const rows = j.shares.length, columns = j.shares[0].length, dx = (j.max_a - j.min_a) / columns, dy = (j.max_b - j.min_b) / rows;
  const total = j.groups ? j.groups.reduce((sum, g) => sum + g.count, 0) : 1;
  const layers = j.groups ? j.groups.map((g, k) => ["fill c" + k, g.shares, g.count / total, g.value]) : [["heat", j.shares, 1, ""]];
  const most = Math.max(1e-300, ...layers.map(([, shares, weight]) => weight * Math.max(...shares.map((row) => Math.max(...row)))));
  for (const [kind, shares, weight, name] of layers) {
    shares.forEach((row, i) => row.forEach((share, k) => {
      const part = share * weight / most;
      if (part < 0.002) return;
      plot.rect(j.min_a + k * dx, j.min_b + i * dy, j.min_a + (k + 1) * dx, j.min_b + (i + 1) * dy, kind, (name ? name + ", " : "") + number(j.min_a + (k + 0.5) * dx) + ", " + number(j.min_b + (i + 0.5) * dy) + ": " + (100 * share).toFixed(3) + " % of the rows", { "fill-opacity": (0.9 * heat(part)).toFixed(3), stroke: "none" });
    }));
  }
  const moments = j.groups || [j];
  if (ellipses) {
    moments.forEach((m, k) => {
      for (const p of [0.5, 0.9, 0.99]) plot.line(ellipse(m, p), j.groups ? "c" + k : "second", 100 * p + " % of a normal distribution");
    });
  }
  moments.forEach((m, k) => plot.dot(m.mean_a, m.mean_b, 4, j.groups ? "fill c" + k + " mark" : "fill second mark", "means " + number(m.mean_a) + " and " + number(m.mean_b)));
  if (j.groups) plot.legend(j.groups.slice(0, 6).map((g, k) => ["c" + k, g.value.slice(0, 12)]));
  return plot.figure();
}

// ellipse holds a share of a bivariate normal distribution (Johnson and Wichern,
// result 4.7).
function ellipse(m, share) {
  const radius = Math.sqrt(-2 * Math.log(1 - share)), r = m.correlation ?? 0, out = [];
  for (let i = 0; i <= 90; i++) {
    const t = 2 * Math.PI * i / 90;
    out.push([m.mean_a + radius * m.stddev_a * Math.cos(t), m.mean_b + radius * m.stddev_b * (r * Math.cos(t) + Math.sqrt(Math.max(0, 1 - r * r)) * Math.sin(t))]);
  }
  return out;
}

function conditional(asked, told) {
  return table(["value", "rows", "mean", "std. dev.", "min", "median", "max"], Object.entries(told.conditional).sort((x, y) => y[1].count - x[1].count).slice(0, 40).map(([n, c]) => [n, c.count, c.mean, c.stddev, c.min, c.median, c.max]), asked.a + " and " + asked.b);
}

function byCategory(asked, told) {
  const all = Object.entries(told.conditional).sort((x, y) => y[1].count - x[1].count).slice(0, 24), names = all.map(([n]) => n);
  const plot = new Plot({ title: asked.a + " and " + asked.b, height: 60 + 26 * names.length, y: { names, range: [names.length - 0.5, -0.5] }, x: { label: "mean with 95 % interval, and one standard deviation", range: range(all.flatMap(([, c]) => [c.mean - (c.stddev || 0), c.mean + (c.stddev || 0)])) } });
  all.forEach(([n, c], i) => {
    plot.line([[c.mean - c.stddev, i], [c.mean + c.stddev, i]], "faint");
    if (c.ci95_low !== null) plot.line([[c.ci95_low, i], [c.ci95_high, i]], "main thick");
    plot.dot(c.mean, i, 4, "fill", n + ": " + number(c.mean));
  });
  return plot.figure();
}

// counts shows two categories as a heat map of shares within the first.
function counts(asked, told) {
  const sum = (o) => Object.values(o).reduce((x, y) => x + y, 0);
  const rows = Object.entries(told.counts).sort((x, y) => sum(y[1]) - sum(x[1])).slice(0, 20).map(([n]) => n);
  const totals = {};
  for (const r of rows) for (const [c, n] of Object.entries(told.counts[r])) totals[c] = (totals[c] || 0) + n;
  const columns = Object.entries(totals).sort((x, y) => y[1] - x[1]).slice(0, 20).map(([n]) => n);
  const plot = new Plot({ title: asked.a + " and " + asked.b, width: 200 + 42 * columns.length, height: 130 + 30 * rows.length, bottom: 100, x: { names: columns, turned: true, range: [-0.5, columns.length - 0.5] }, y: { names: rows, range: [rows.length - 0.5, -0.5] } });
  rows.forEach((r, i) => {
    const total = sum(told.counts[r]) || 1;
    columns.forEach((c, k) => {
      const n = told.counts[r][c] || 0;
      plot.rect(k - 0.48, i - 0.48, k + 0.48, i + 0.48, "heat", r + " and " + c + ": " + number(n) + " rows", { "fill-opacity": (n / total).toFixed(3) });
    });
  });
  return plot.figure(asked.a + " and " + asked.b + ": shares within each value of " + asked.a);
}
