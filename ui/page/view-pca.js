// PCA. One wants to know how many directions the data have, and which attributes
// make them.
import { bar, base, el, get, note, number, percent } from "./dom.js";
import { Plot } from "./chart.js";
import { longTable, table } from "./tables.js";

const mostLabels = 24;

// correlated drops attributes from a matrix, those with the most gaps first, until
// each two have a correlation.
function correlated(m) {
  const gaps = m.attributes.map((_, i) => m.values[i].filter((v) => v === null).length), keep = new Set(m.attributes.keys()), without = [];
  for (;;) {
    let worst = -1;
    for (const i of keep) if (gaps[i] > 0 && (worst < 0 || gaps[i] > gaps[worst])) worst = i;
    if (worst < 0) return { names: [...keep].map((i) => m.attributes[i]), without };
    keep.delete(worst);
    without.push(m.attributes[worst]);
    for (const i of keep) if (m.values[i][worst] === null) gaps[i]--;
  }
}

export const pca = {
  title: "PCA",
  async open(room, project) {
    const plots = el("div", {}), numbers = el("div", {}), left = note();
    const list = longTable("loadings", {
      what: "attributes", caption: "Loadings", text: (l) => l.name, size: 15,
      columns: [{ title: "attribute", of: (l) => l.name }, ...[0, 1, 2].map((k) => ({ title: "component " + (k + 1), of: (l) => l.of[k] ?? null })), { title: "", of: (l) => bar(l.of[0], 4) }],
    });
    room.append(note("Principal components of the numeric attributes, each scaled to a standard deviation of 1."), left, el("div", { class: "sides" }, plots, numbers), list);
    return async () => {
      const usable = correlated(await get(base(project) + "/explore/correlation_matrix"));
      left.textContent = usable.without.length ? "Without " + usable.without.slice(0, 12).join(", ") + (usable.without.length > 12 ? " and " + (usable.without.length - 12) + " more" : "") + ", of which too few rows have the others as well, or which do not vary." : "";
      if (usable.names.length < 2) { numbers.replaceChildren(note("There are fewer than two attributes that vary together.")); list.hidden = true; return; }
      list.hidden = false;
      const p = await get(base(project) + "/explore/pca", { attributes: usable.without.length ? JSON.stringify(usable.names) : "", components: 20 });
      plots.replaceChildren(loadings(p), screePlot(p));
      numbers.replaceChildren(table(["component", "variance", "share", "", "so far"], p.components.map((c, i) =>
        [i + 1, c.variance, { show: percent(c.share), value: c.share }, bar(c.share / p.components[0].share, 6), { show: percent(c.cumulative), value: c.cumulative }]), "Components"));
      list.show(p.attributes.map((name, i) => ({ name, of: p.components.slice(0, 3).map((c) => c.direction[i]) })));
    };
  },
};

function loadings(p) {
  const [first, second] = p.components, all = p.attributes.map((name, i) => [name, first.direction[i], second.direction[i]]);
  const most = Math.max(...all.flatMap(([, a, b]) => [Math.abs(a), Math.abs(b)])) * 1.15;
  const plot = new Plot({ title: "Loadings of the first two principal components", width: 520, height: 460, x: { label: "first component, " + percent(first.share) + " of the variance", range: [-most, most] }, y: { label: "second component, " + percent(second.share), range: [-most, most] } });
  plot.line([[0, -most], [0, most]], "faint").line([[-most, 0], [most, 0]], "faint");
  const labelled = new Set([...all].sort((x, y) => Math.hypot(y[1], y[2]) - Math.hypot(x[1], x[2])).slice(0, mostLabels).map(([n]) => n)), taken = [];
  for (const [name, a, b] of all) {
    if (all.length <= 60) plot.line([[0, 0], [a, b]], "main");
    plot.dot(a, b, 3, "fill", name + ": " + number(a) + ", " + number(b));
  }
  for (const [name, a, b] of all) {
    const x = plot.X(a), y = plot.Y(b);
    if (!labelled.has(name) || taken.some(([u, v]) => Math.abs(u - x) < 50 && Math.abs(v - y) < 11)) continue;
    taken.push([x, y]);
    plot.label(a, b, name);
  }
  return plot.figure();
}

function screePlot(p) {
  const n = p.components.length, plot = new Plot({ title: "Variance by component", width: 520, height: 200, top: 22, x: { label: "component", range: [0.3, n + 0.7] }, y: { label: "share", range: [0, 1] } });
  p.components.forEach((c, i) => plot.rect(i + 0.6, 0, i + 1.4, c.share, "fill", percent(c.share)));
  return plot.line(p.components.map((c, i) => [i + 1, c.cumulative]), "second").legend([["main", "of each"], ["second", "so far"]]).figure();
}
