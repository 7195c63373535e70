// The scores of a model over time: of each step the range and the extremes, so that
// nothing unusual is hidden, however many scores there are.
import { clock, number, percent } from "./dom.js";
import { Plot, range, svg } from "./chart.js";

// usualLabel reports whether a row has no label, or the usual one.
const usualLabel = (row, usual) => !row || row.label === undefined || usual === "" || String(row.label) === usual;

export function scorePlot(t, steps, view, o) {
  const values = steps.flatMap((s) => [s.low, s.high, s.threshold, s.threshold_lower]).filter(Number.isFinite);
  const plot = new Plot({ title: "Scores over time", width: 1100, height: 360, top: 26, right: 52, x: { range: [view.from, view.to], time: true, label: "the highest and lowest score of each " + (t.seconds === 1 ? "second" : t.seconds < 60 ? t.seconds + " s" : t.seconds / 60 + " min") }, y: { label: "score", range: range(values.concat(Math.min(...values) >= 0 ? 0 : values), 0.06) } });
  const width = t.seconds * 1000, middle = (s) => Date.parse(s.at) + width / 2;
  for (const s of steps) plot.rect(Date.parse(s.at) + width * 0.12, s.low, Date.parse(s.at) + width * 0.88, s.high, "span", clock(s.at) + ": " + number(s.scores) + " scores from " + number(s.low) + " to " + number(s.high));
  plot.line(steps.map((s) => [middle(s), s.mean]), "faint");
  for (const key of ["threshold", "threshold_lower"]) plot.line(steps.map((s) => [middle(s), s[key]]), "second");
  let above = -Infinity; // labels that would overlap are left out, those of the lower quantiles first
  for (const [q, v] of Object.entries(o.quantiles || {}).sort((a, b) => b[0] - a[0])) {
    const room = plot.Y(v) - above > 11;
    plot.across(v, "dotted", room ? Number((100 * q).toPrecision(6)) + " %" : "");
    if (room) above = plot.Y(v);
  }
  let ringed = false;
  for (const s of steps) {
    for (const [row, y, odd] of [[s.top, s.high, s.threshold !== null && s.high > s.threshold], [s.bottom, s.low, true]]) {
      if (!row) continue;
      const dim = !o.fits(row), kind = (odd ? "fill alarm" : "fill") + (dim ? " dim" : ""), x = Date.parse(row.at) >= Date.parse(s.at) && Date.parse(row.at) < Date.parse(s.at) + width ? Date.parse(row.at) : middle(s);
      const because = Object.entries(row.result.contributions || {}).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).slice(0, 2).map(([n]) => n).join(", ");
      if (!usualLabel(row, o.usual)) { ringed = true; plot.dot(x, y, 6, "ring"); }
      if (o.selected && o.selected.at === row.at && o.selected.score === row.score) plot.dot(x, y, 8, "ring selected");
      const dot = plot.dot(x, y, odd ? 3.6 : 2.4, kind + " handle-dot", clock(row.at) + ": score " + number(row.score) + (because ? ", because of " + because : "") + (odd ? "; " + number(s.anomalies) + " anomalies in this step" : ""));
      dot.addEventListener("click", () => o.select(row));
    }
  }
  plot.legend([["fill", "highest score of a step", "dot"], ["fill alarm", "an anomaly", "dot"], ["second", "threshold"], ["faint", "mean"], ...(Object.keys(o.quantiles || {}).length ? [["dotted", "quantiles of all scores"]] : []), ...(ringed ? [["ring", "true anomaly by its label", "dot"]] : [])]);
  brush(plot, view, steps, o);
  return plot.figure("Scores over time: drag to zoom, click a point for its row");
}

// brush lets one zoom by dragging, and by the keyboard: arrows go from anomaly to
// anomaly, Enter opens one, plus and minus zoom, Escape shows all.
function brush(plot, view, steps, o) {
  const box = svg("rect", { class: "brush handle", y: plot.top, height: plot.bottom - plot.top, width: 0, x: 0, visibility: "hidden" });
  plot.svg.append(box);
  plot.svg.classList.add("brushed");
  let from = null;
  const at = (event) => { const r = plot.svg.getBoundingClientRect(); return Math.min(plot.right, Math.max(plot.left, (event.clientX - r.left) / r.width * plot.width)); };
  plot.svg.addEventListener("pointerdown", (event) => { if (event.button === 0) from = at(event); });
  plot.svg.addEventListener("pointermove", (event) => {
    if (from === null) return;
    const to = at(event), far = Math.abs(to - from) > 4;
    if (far && !plot.svg.hasPointerCapture(event.pointerId)) plot.svg.setPointerCapture(event.pointerId);
    box.setAttribute("visibility", far ? "visible" : "hidden");
    box.setAttribute("x", Math.min(from, to));
    box.setAttribute("width", Math.abs(to - from));
  });
  plot.svg.addEventListener("pointerup", (event) => {
    const to = at(event), [a, b] = [plot.atX(Math.min(from ?? to, to)), plot.atX(Math.max(from ?? to, to))], far = from !== null && Math.abs(to - from) > 4;
    from = null;
    box.setAttribute("visibility", "hidden");
    if (far) o.zoom(a, b);
  });
  plot.svg.addEventListener("pointercancel", () => { from = null; box.setAttribute("visibility", "hidden"); });
  plot.svg.setAttribute("tabindex", "0");
  plot.svg.setAttribute("aria-label", "Scores over time. Arrow keys go from anomaly to anomaly, plus and minus zoom, Escape shows all.");
  const rows = steps.filter((s) => s.anomalies > 0).flatMap((s) => [s.top, s.bottom]).filter((r) => r && o.fits(r));
  plot.svg.addEventListener("keydown", (event) => {
    const now = rows.findIndex((r) => o.selected && r.at === o.selected.at && r.score === o.selected.score), span = view.to - view.from, middle = o.selected ? Date.parse(o.selected.at) : (view.from + view.to) / 2;
    const act = {
      ArrowRight: () => rows.length && o.select(rows[Math.min(rows.length - 1, now + 1)]), ArrowLeft: () => rows.length && o.select(rows[now < 0 ? rows.length - 1 : Math.max(0, now - 1)]),
      "+": () => o.zoom(middle - span / 4, middle + span / 4), "-": () => o.zoom(middle - span, middle + span), Escape: () => o.zoom(null),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
    document.querySelector("svg.brushed")?.focus({ preventScroll: true });
  });
}

// ratePlot shows the share of anomalies over time.
export function ratePlot(t, steps, view) {
  const most = 60, width = Math.max(1, Math.ceil((view.to - view.from) / 1000 / t.seconds / most)) * t.seconds * 1000, bins = new Map();
  for (const s of steps) {
    const k = Math.floor(Date.parse(s.at) / width), b = bins.get(k) || [0, 0];
    bins.set(k, [b[0] + s.anomalies, b[1] + s.scores]);
  }
  const all = [...bins].map(([k, [n, of]]) => [k * width, n / of, n, of]), [anomalies, scores] = all.reduce((sum, [, , n, of]) => [sum[0] + n, sum[1] + of], [0, 0]);
  const plot = new Plot({ title: "Rate of anomalies over time", width: 1100, height: 170, right: 52, x: { range: [view.from, view.to], time: true }, y: { label: "share", range: range(all.map((b) => b[1]).concat(0.001), 0.08, true) } });
  for (const [at, share, n, of] of all) plot.rect(at + width * 0.08, 0, at + width * 0.92, share, share ? "fill alarm soft" : "fill", clock(at) + ": " + number(n) + " of " + number(of) + " rows, " + percent(share), { stroke: "none" });
  return plot.figure("Rate of anomalies: " + number(anomalies) + " of " + number(scores) + " rows, " + percent(scores ? anomalies / scores : 0));
}

