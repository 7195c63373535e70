// Compare. One wants to know which of several models of the same target is best, on
// rows that it had not seen, and whether the difference matters.
import { base, choose, el, get, inert, note, number } from "./dom.js";
import { keep, link, place, remember, frame } from "./state.js";
import { Plot, range } from "./chart.js";
import { table } from "./tables.js";
import { measures } from "./quality.js";

const most = 25; // models at once

const of = (m, key) => {
  const q = m.evaluation && (m.evaluation.classes_window || m.evaluation.classes_decayed || m.evaluation.classes || m.evaluation.numbers_window || m.evaluation.numbers_decayed || m.evaluation.numbers);
  return { "on its own rows": m.quality?.[key], "cross-validated": m.cross_validation?.[key], "on rows not seen": q?.[key] };
};
const kinds = [["on its own rows", "faint fill"], ["cross-validated", "second fill"], ["on rows not seen", "main fill"]];

export const comparison = {
  title: "Compare",
  async open(room, project) {
    const all = (await get(base(project) + "/models")), targets = [...new Set(all.map((m) => m.target).filter(Boolean))].sort();
    if (!targets.length) { room.append(note("No model has a target, so none can be compared with what rows turned out to be. "), el("p", {}, el("a", { href: link(project, "models") }, "Build some"))); return null; }
    const target = choose("target", targets, targets[0]), search = el("input", { type: "search", placeholder: "part of a name" }), measure = choose("measure", [["", ""]], "");
    target.select.dataset.usual = targets[0];
    remember(target.select, "target", () => frame.anew());
    remember(search, "with", () => frame.anew());
    const plots = el("div", {}), list = el("div", {}), left = note();
    measure.select.addEventListener("change", () => { keep({ measure: measure.select.value }); frame.anew(); });
    room.append(inert(el("form", {}, target.field, el("label", {}, "models", search), measure.field)), left, plots, list);
    return async () => {
      const found = all.filter((m) => m.target === target.select.value && m.name.toLowerCase().includes(search.value.toLowerCase()));
      left.textContent = found.length > most ? "The first " + most + " of " + found.length + " models; the field above finds others by name." : "";
      if (!found.length) { plots.replaceChildren(note("No model has that in its name.")); list.replaceChildren(); return; }
      const told = await get(base(project) + "/compare", { models: JSON.stringify(found.slice(0, most).map((m) => m.name)) });
      const here = measures.filter(([key]) => told.some((m) => Object.values(of(m, key)).some(Number.isFinite)));
      const wanted = here.find(([key]) => key === place().parameters.measure) || here[0];
      if (!here.length) { plots.replaceChildren(note("None of these models can be measured yet.")); list.replaceChildren(); return; }
      if (document.activeElement !== measure.select) { measure.select.replaceChildren(...here.map(([key, text]) => el("option", { value: key }, text))); measure.select.value = wanted[0]; }
      draw(plots, list, project, told, wanted, here);
    };
  },
};

function draw(plots, list, project, told, [key, text, more], here) {
  const best = (m) => { const o = of(m, key); return [o["on rows not seen"], o["cross-validated"], o["on its own rows"]].find(Number.isFinite); };
  const sorted = [...told].sort((a, b) => (Number.isFinite(best(a)) ? 0 : 1) - (Number.isFinite(best(b)) ? 0 : 1) || (more ? best(b) - best(a) : best(a) - best(b)));
  const shown = sorted.filter((m) => Number.isFinite(best(m))), names = shown.map((m) => m.name), values = shown.flatMap((m) => Object.values(of(m, key)).filter(Number.isFinite));
  if (names.length) {
    const plot = new Plot({ title: text + " of models", width: 680, height: 76 + 22 * names.length, top: 24, y: { names, range: [names.length - 0.5, -0.5] }, x: { label: text + (more ? ", more is better" : ", less is better"), range: range(values) } });
    shown.forEach((m, i) => {
      const o = of(m, key), points = kinds.map(([k]) => o[k]).filter(Number.isFinite);
      plot.line([[Math.min(...points), i], [Math.max(...points), i]], "faint");
      for (const [k, kind] of kinds) if (Number.isFinite(o[k])) plot.dot(o[k], i, 4.5, kind, m.name + ", " + k + ": " + number(o[k]));
    });
    plot.legend(kinds.filter(([k]) => shown.some((m) => Number.isFinite(of(m, key)[k]))).map(([k, kind]) => [kind, k, "dot"]));
    plots.replaceChildren(plot.figure());
  }
  const columns = here.slice(0, 6).flatMap(([k, t]) => kinds.filter(([kind]) => told.some((m) => Number.isFinite(of(m, k)[kind]))).map(([kind]) => [t + ", " + kind, (m) => of(m, k)[kind] ?? null]));
  list.replaceChildren(table(["model", "type", "inputs", "built from", ...columns.map(([t]) => t), "problem"], sorted.map((m) => [el("a", { href: link(project, "models", { model: m.name }) }, m.name), m.type, m.inputs.length, m.built_from, ...columns.map(([, f]) => f(m)), m.error || (m.waiting_for ? "waits: " + m.waiting_for : "")]), "Models side by side"));
}
