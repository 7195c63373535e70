// One attribute: shape, quantiles, by a category, and over time.
import { base, choose, el, failure, get, groupNames, note, number, percent } from "./dom.js";
import { remember, frame } from "./state.js";
import { Plot, range } from "./chart.js";
import { picture } from "./pictures.js";
import { render, table } from "./tables.js";

const quantiles = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];

export function attributeDetail(project, info, attribute) {
  const numeric = attribute.type === "continuous" || attribute.type === "binary";
  const groups = groupNames(info).filter((n) => n !== attribute.name);
  const shape = picture("Histogram of " + attribute.name), numbers = el("div", {}), table1 = el("div", {}), over = el("div", {}), by = el("div", {});
  const group = choose("by", ["", ...groups].map((n) => [n, n || "–"]), "");
  remember(group.select, "by", () => frame.anew());
  shape.hidden = !numeric;
  const why = info.schema.find((a) => a.name === attribute.name)?.why;
  const box = el("div", {}, el("h3", {}, attribute.name), why ? note(attribute.type + ": " + why) : "", el("div", { class: "sides" }, shape, table1, numbers),
    groups.length && attribute.type !== "list" ? el("h3", {}, "By category") : "", groups.length && attribute.type !== "list" ? el("form", {}, group.field) : "", by, el("h3", {}, "Over time"), over);
  box.name = attribute.name;
  box.renew = async (a, part) => {
    if (a.error) { numbers.replaceChildren(failure({ message: a.error })); return; }
    numbers.replaceChildren(render(a.univariate));
    if (a.density) {
      const [, ...q] = await Promise.all([shape.renew(base(project) + "/plots/histogram", { attribute: a.name, part }),
        ...quantiles.map((q) => get(base(project) + "/explore/quantile", { attribute: a.name, q, part }))]);
      table1.replaceChildren(table(["quantile", "value"], quantiles.map((p, i) => [{ show: p === 0 ? "least" : p === 1 ? "greatest" : percent(p).replace(".0 ", " ").replace(".00", ""), value: p }, q[i]]), "Quantiles"));
    }
    await Promise.all([byGroup(project, a, group.select.value, part, by), overTime(project, a, over)]);
  };
  return box;
}

// byGroup shows means with intervals, and the density, of each value of a category.
async function byGroup(project, a, group, part, place) {
  if (!group) { place.replaceChildren(); return; }
  try {
    const both = await get(base(project) + "/explore/bivariate", { a: a.name, b: group, part });
    if (!both.conditional) { place.replaceChildren(render(both)); return; }
    const all = Object.entries(both.conditional).sort((x, y) => y[1].count - x[1].count).slice(0, 24);
    const names = all.map(([n]) => n);
    const plot = new Plot({ title: "Mean of " + a.name + " by " + group, height: 60 + 26 * names.length, y: { names, range: [names.length - 0.5, -0.5] }, x: { label: a.name + ": mean with 95 % interval, and one standard deviation", range: range(all.flatMap(([, c]) => [c.mean - (c.stddev || 0), c.mean + (c.stddev || 0)])) } });
    all.forEach(([n, c], i) => {
      plot.line([[c.mean - c.stddev, i], [c.mean + c.stddev, i]], "faint", n);
      if (c.ci95_low !== null) plot.line([[c.ci95_low, i], [c.ci95_high, i]], "main thick");
      plot.dot(c.mean, i, 4, "fill", n + ": " + number(c.mean));
    });
    const parts = [plot.figure()];
    if (a.type === "continuous") parts.push(await densities(project, a, group, names, part));
    place.replaceChildren(el("div", { class: "sides" }, ...parts),
      table([group, "rows", "mean", "std. dev.", "95 % interval", "min", "median", "max"], all.map(([n, c]) => [n, c.count, c.mean, c.stddev, { show: number(c.ci95_low) + " to " + number(c.ci95_high), value: c.ci95_low }, c.min, c.median, c.max]), a.name + " by " + group));
  } catch (error) { place.replaceChildren(failure(error)); }
}

async function densities(project, a, group, names, part) {
  const d = await get(base(project) + "/explore/conditional_density", { attribute: a.name, given: group, points: 80, part });
  const slices = d.slices.filter((s) => s.density && names.slice(0, 6).includes(s.value)), all = slices.flatMap((s) => s.density);
  const plot = new Plot({ title: "Density of " + a.name + " by " + group, top: 22, x: { label: a.name, range: range(slices.flatMap((s) => s.x), 0) }, y: { label: "density", range: range(all.concat(0), 0.05, true) } });
  slices.forEach((s, i) => plot.line(s.x.map((x, k) => [x, s.density[k]]), "c" + i, s.value));
  plot.legend(slices.map((s, i) => ["c" + i, s.value.slice(0, 12)]));
  return plot.figure(plot.title + (d.method === "normal" ? ", normal of its mean and deviation (conditional_bins keeps its shape)" : ""));
}

// overTime shows an attribute in each step of the window.
async function overTime(project, a, place) {
  const over = await get(base(project) + "/over-time", { attribute: a.name });
  if (!over.kept) {
    place.replaceChildren(note("The project keeps no window. With ", el("code", {}, 'window: { period: 1h, tiles: 12, beside: true }'), " in sml_learn this shows the last hour in steps of five minutes."));
    return;
  }
  const timed = over.tiles.some((t) => t.from), at = (t, i) => timed ? (Date.parse(t.from) + Date.parse(t.to)) / 2 : i + 1;
  const spans = timed ? [Date.parse(over.tiles[0]?.from), Date.parse(over.tiles.at(-1)?.to)] : [0.5, Math.max(1.5, over.tiles.length + 0.5)];
  const x = { label: timed ? "" : "step of the window, the newest last", range: spans, time: timed };
  if (!over.tiles.length) { place.replaceChildren(note("The window has no rows.")); return; }
  if (over.tiles[0].quantiles) {
    const q = over.tiles.map((t, i) => [at(t, i), ...(t.quantiles || [])]);
    const plot = new Plot({ title: a.name + " over time", width: 680, height: 260, top: 22, x, y: { label: a.name, range: range(q.flatMap((r) => r.slice(1))) } });
    plot.band(q.map((r) => [r[0], r[1], r[5]]), "wide").band(q.map((r) => [r[0], r[2], r[4]])).line(q.map((r) => [r[0], r[3]]), "main thick");
    plot.legend([["main thick", "median"], ["main", "25 to 75 %"], ["faint", "5 to 95 %"]]);
    place.replaceChildren(plot.figure(), table([timed ? "from" : "step", "rows", "missing", "mean", "std. dev.", "5 %", "median", "95 %"], over.tiles.map((t, i) => [timed ? t.from.replace("T", " ").slice(0, 19) : i + 1, t.rows, t.univariate.missing, t.univariate.mean, t.univariate.stddev, t.quantiles[0], t.quantiles[2], t.quantiles[4]]), a.name + " over time"));
    return;
  }
  const values = [...new Set(over.tiles.flatMap((t) => Object.keys(t.univariate.values || {})))].slice(0, 6);
  const share = (t, v) => (t.univariate.values?.[v] || 0) / Math.max(1, t.univariate.count);
  const plot = new Plot({ title: a.name + " over time", width: 680, height: 260, top: 22, x, y: { label: "share of the rows", range: [0, 1] } });
  values.forEach((v, k) => plot.line(over.tiles.map((t, i) => [at(t, i), share(t, v)]), "c" + k, v));
  plot.legend(values.map((v, k) => ["c" + k, v.slice(0, 12)]));
  place.replaceChildren(plot.figure(), table([timed ? "from" : "step", "rows", ...values], over.tiles.map((t, i) => [timed ? t.from.replace("T", " ").slice(0, 19) : i + 1, t.rows, ...values.map((v) => ({ show: percent(share(t, v)), value: share(t, v) }))]), a.name + " over time"));
}
