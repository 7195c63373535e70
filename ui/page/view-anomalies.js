// Anomalies. One wants to see when something unusual came, zoom in on it, see the
// row and what made it unusual, and whether there are more of them than before.
import { base, choose, el, get, inert, modelBase, note, percent } from "./dom.js";
import { hand, keep, link, place, remember, frame } from "./state.js";
import { longTable } from "./tables.js";
import { ratePlot, scorePlot } from "./scores.js";
import { rowDetail, why } from "./row.js";

const spans = [["300", "5 minutes"], ["3600", "1 hour"], ["86400", "1 day"]];

export const anomalies = {
  title: "Anomalies",
  async open(room, project) {
    const [models, types] = await Promise.all([get(base(project) + "/activity"), get("types")]);
    const scoring = models.models.filter((m) => m.role === "anomaly" || m.scores > 0).sort((a, b) => b.scores - a.scores), names = scoring.map((m) => m.name);
    if (!names.length) {
      room.append(note("The project has no anomaly model. Define one under models of sml_learn, or "), el("p", {}, el("a", { href: link(project, "models", { type: types.find((t) => t.type === "ensemble") ? "ensemble" : "" }) }, "build one on the page Models")));
      return null;
    }
    const fields = anomalyFields(names), { pick, span, attribute, label, usual } = fields;
    const charts = el("div", { id: "scores" }), chosen = el("section", { id: "row", "aria-live": "polite" }), state = { timeline: null, selected: null };
    const top = longTable("top", {
      what: "rows", caption: "Highest scores", size: 12, text: (s) => JSON.stringify(s.document || {}) + JSON.stringify(s.label ?? ""), none: "This process has given no score with the model yet: sml_score does, for each row that passes.",
      columns: [
        { title: "time", of: (s) => { const b = el("button", { type: "button", class: "link" }, new Date(s.at).toLocaleTimeString("en", { hour12: false })); b.addEventListener("click", () => select(s)); return { show: b, value: s.at }; } },
        { title: "score", of: (s) => s.score }, { title: "label", of: (s) => s.label === undefined ? "–" : String(s.label) },
        { title: "above of all scores", of: (s) => ({ show: s.result.quantile === undefined ? "–" : percent(s.result.quantile), value: s.result.quantile ?? null }) },
        { title: "what made it so", fixed: true, of: (s) => ({ show: why(s), value: Object.entries(s.result.contributions || {}).map(([n, c]) => n + " " + c).join("; ") }) },
      ],
    });
    top.id = "top";
    function select(row) {
      state.selected = row;
      keep({ row: row ? row.at + "/" + row.score : "" });
      chosen.replaceChildren(...(row ? [rowDetail(project, pick.select.value, row, () => select(null))] : []));
      draw();
    }
    const fits = (row) => {
      const wanted = attribute.value.toLowerCase();
      return !wanted || Object.keys(row?.result?.contributions || {}).some((n) => n.toLowerCase().includes(wanted));
    };
    function zoom(from, to) {
      keep({ from: from ? String(Math.round(from)) : "", to: to ? String(Math.round(to)) : "" });
      draw();
    }
    function draw() {
      const t = state.timeline;
      if (!t) return;
      const given = place().parameters, first = Math.max(Date.parse(t.from), Date.parse(t.steps[0]?.at ?? t.from)), view = { from: Number(given.from) || Math.min(first, Date.parse(t.to) - 20 * 1000 * t.seconds), to: Number(given.to) || Date.parse(t.to), zoomed: !!given.from };
      const steps = t.steps.filter((s) => Date.parse(s.at) + t.seconds * 1000 >= view.from && Date.parse(s.at) <= view.to);
      const back = el("button", { type: "button", hidden: !view.zoomed }, "Show all");
      back.addEventListener("click", () => zoom(null));
      const plot = scorePlot(t, steps, view, { quantiles: t.quantiles, usual: usual.value, fits, selected: state.selected, select, zoom });
      charts.replaceChildren(el("div", { class: "over" }, back), steps.length ? plot : note(t.steps.length ? "No score is in this stretch of time." : "No score was given in the last " + spans.find(([s]) => s === span.select.value)[1] + "."), steps.length ? ratePlot(t, steps, view) : "");
    }
    room.append(fields.form, charts, chosen, top);
    span.select.addEventListener("change", () => { keep({ from: "", to: "" }); frame.anew(); });
    for (const field of [attribute, usual]) field.addEventListener("input", () => draw());
    pick.select.addEventListener("change", () => { select(null); keep({ from: "", to: "" }); frame.anew(); });
    label.addEventListener("change", () => frame.anew());
    return async () => {
      const path = modelBase(project, pick.select.value);
      const [timeline, scores] = await Promise.all([get(path + "/timeline", { seconds: reach(place().parameters.from, span.select.value), label: label.value }), get(path + "/scores", { label: label.value, recent: 1 })]);
      state.timeline = timeline;
      if (!state.selected && place().parameters.row) restore(state, timeline, scores.top, (row) => chosen.replaceChildren(rowDetail(project, pick.select.value, row, () => select(null))));
      if (!hand.held) draw();
      const given = place().parameters, inside = (s) => !given.from || Date.parse(s.at) >= Number(given.from) && Date.parse(s.at) <= Number(given.to);
      const rows = new Map();
      for (const s of [...scores.top, ...timeline.steps.flatMap((x) => [x.top, x.bottom])]) if (s && inside(s) && fits(s)) rows.set(s.at + "/" + s.score, s);
      top.show([...rows.values()].sort((a, b) => b.score - a.score).slice(0, 200));
    };
  },
};

// reach is how many seconds back the scores are needed.
function reach(from, span) {
  return from ? Math.min(86400, Math.max(Number(span), Math.ceil((Date.now() - Number(from)) / 1000) + 1)) : span;
}

// restore finds the row that the address names.
function restore(state, timeline, top, show) {
  const wanted = place().parameters.row, all = [...top, ...timeline.steps.flatMap((s) => [s.top, s.bottom])];
  const row = all.find((s) => s && s.at + "/" + s.score === wanted);
  if (row) { state.selected = row; show(row); }
}

function anomalyFields(names) {
  const pick = choose("model", names, names[0]), span = choose("the last", spans, "300");
  const attribute = el("input", { type: "search", placeholder: "any" }), label = el("input", { value: "class", size: 10 }), usual = el("input", { value: "1", size: 6 });
  pick.select.dataset.usual = names[0];
  span.select.dataset.usual = "300";
  label.dataset.usual = "class";
  usual.dataset.usual = "1";
  for (const [field, name] of [[pick.select, "model"], [span.select, "span"], [attribute, "attribute"], [label, "label"], [usual, "usual"]]) remember(field, name);
  const form = inert(el("form", {}, pick.field, span.field, el("label", {}, "because of the attribute", attribute), el("label", {}, "field with the true label", label), el("label", {}, "its usual value", usual)));
  return { form, pick, span, attribute, label, usual };
}

