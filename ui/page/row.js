// One scored row: its values, and what each contributed.
import { bar, card, clock, el, number, note, percent } from "./dom.js";
import { link } from "./state.js";
import { table } from "./tables.js";

// why tells the largest contributions in a line.
export function why(s) {
  const all = Object.entries(s.result.contributions || {}).sort((x, y) => Math.abs(y[1]) - Math.abs(x[1])).slice(0, 4), most = Math.max(1e-300, ...all.map(([, v]) => Math.abs(v)));
  return el("td", { class: "why text" }, ...all.map(([name, v]) => el("span", {}, name + " = " + (s.document && name in s.document ? number(s.document[name]) : "?"), bar(v / most, 4, number(v)))));
}

export function rowDetail(project, model, row, close) {
  const r = row.result, back = el("button", { type: "button", class: "tool" }, "close"), contributions = r.contributions || {};
  back.addEventListener("click", close);
  const cards = [card(number(row.score), "score")];
  if (r.threshold !== undefined) cards.push(card(number(r.threshold), "threshold"));
  if (r.quantile !== undefined) cards.push(card(percent(r.quantile), "of all scores before are not higher"));
  if (r.p_value !== undefined && r.p_value !== null) cards.push(card(number(r.p_value), "p-value"));
  if (r.prediction !== undefined) cards.push(card(number(r.prediction), "prediction"));
  if (row.label !== undefined) cards.push(card(String(row.label), "true label"));
  const names = [...new Set([...Object.keys(contributions).sort((a, b) => Math.abs(contributions[b]) - Math.abs(contributions[a])), ...Object.keys(row.document || {})])];
  const most = Math.max(1e-300, ...Object.values(contributions).map(Math.abs)), simple = (v) => v === null || v === undefined ? "–" : typeof v === "object" ? JSON.stringify(v) : v;
  const rows = names.slice(0, 60).map((n) => [n, simple(row.document?.[n]), contributions[n] ?? "", n in contributions ? bar(contributions[n] / most, 8) : ""]);
  const numbers = Object.fromEntries(Object.keys(contributions).filter((n) => ["number", "string"].includes(typeof row.document?.[n])).map((n) => [n, row.document[n]]));
  return el("div", { class: "panel" }, el("h3", {}, "The row of " + clock(row.at) + " ", back), el("div", { class: "cards" }, ...cards),
    el("p", {}, el("a", { href: link(project, "models", { model, row: JSON.stringify(numbers) }) }, "What if its values were others?")),
    row.document ? "" : note("The document is longer than what is remembered of it, or was no JSON."),
    table(["field", "value", "contribution", ""], rows, "Values and contributions"),
    names.length > 60 ? note(number(names.length - 60) + " more fields are not shown.") : "");
}
