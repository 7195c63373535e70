// Correlation. One looks for what goes together, and follows a pair to its plot.
import { bar, base, el, get, inert, note, number, numericNames } from "./dom.js";
import { link, remember, frame } from "./state.js";
import { Plot, short } from "./chart.js";
import { longTable } from "./tables.js";

const mostShown = 30; // attributes of the map

export const correlation = {
  title: "Correlation",
  async open(room, project) {
    const names = numericNames(await get(base(project))), map = el("div", {});
    const filter = remember(el("input", { type: "search", placeholder: "part of a name" }), "with", () => frame.anew());
    const list = longTable("pairs", {
      what: "pairs", caption: "Pairs, the strongest first", size: 15, text: (p) => p.a + " " + p.b,
      columns: [
        { title: "attribute", of: (p) => el("a", { href: link(project, "bivariate", { a: p.a, b: p.b }) }, p.a) }, { title: "and", of: (p) => p.b },
        { title: "correlation", of: (p) => p.r, sort: (p) => -Math.abs(p.r) }, { title: "", of: (p) => bar(p.r, 5) }, { title: "rows", of: (p) => p.n },
      ],
    });
    room.append(note("Pearson's correlation of each two numeric attributes, from the rows that have both."), inert(el("form", {}, el("label", {}, "attributes", filter))), el("div", { class: "sides" }, map, list));
    return async () => {
      if (names.length < 2) { room.replaceChildren(note("The project has fewer than two numeric attributes.")); return; }
      const wanted = filter.value.toLowerCase();
      const m = await get(base(project) + "/explore/correlation_matrix", wanted ? { attributes: JSON.stringify(names.filter((n) => n.toLowerCase().includes(wanted))) } : {});
      const found = [], strength = new Map(m.attributes.map((a) => [a, 0]));
      m.attributes.forEach((a, i) => m.attributes.slice(0, i).forEach((b, j) => {
        const r = m.values[i][j];
        if (r === null) return;
        found.push({ a: b, b: a, r, n: m.counts[i][j] });
        for (const n of [a, b]) strength.set(n, Math.max(strength.get(n), Math.abs(r)));
      }));
      list.show(found.sort((x, y) => Math.abs(y.r) - Math.abs(x.r)));
      const kept = new Set([...strength].sort((x, y) => y[1] - x[1]).slice(0, mostShown).map(([n]) => n));
      const index = m.attributes.map((n, i) => [n, i]).filter(([n]) => kept.has(n));
      map.replaceChildren(heatMap(m, index), ...(m.attributes.length > mostShown ? [note("The " + mostShown + " of " + m.attributes.length + " attributes that have the strongest correlations. The field above chooses others by name.")] : []));
    };
  },
};

function heatMap(m, index) {
  const n = index.length, labels = index.map(([name]) => name), size = Math.max(14, Math.min(38, 620 / n));
  const left = 16 + 6.4 * Math.max(...labels.map((l) => short(l).length)), room = Math.max(40, left * 0.8);
  const plot = new Plot({
    title: "Correlations", width: left + n * size + 12, height: n * size + room + 20, left, bottom: room, top: 8, right: 12,
    x: { names: labels, turned: true, range: [-0.5, n - 0.5] }, y: { names: labels, range: [n - 0.5, -0.5] },
  });
  index.forEach(([a, i], row) => index.forEach(([b, j], column) => {
    const r = m.values[i][j];
    plot.rect(column - 0.48, row - 0.48, column + 0.48, row + 0.48, r === null ? "none" : r < 0 ? "heat minus" : "heat", a + " and " + b + ": " + number(r), { "fill-opacity": r === null ? 1 : Math.abs(r).toFixed(3) });
    if (r !== null && size >= 30) plot.text(column, row, (Math.round(100 * r) / 100 + 0).toFixed(2).replace("-", "−"), Math.abs(r) > 0.6 ? "on" : "");
  }));
  return plot.figure();
}
