// Drift. One wants to know whether anything has changed between two states of the
// project, in which attributes, and by how much.
import { bar, base, count, el, failure, get, inert, note, number, percent, probability } from "./dom.js";
import { keep, place, remember, frame } from "./state.js";
import { now } from "./now.js";
import { short } from "./chart.js";
import { longTable, render, table } from "./tables.js";
import { driftDetail, sideName, wordsOf } from "./drift-detail.js";
import { stateChoice, statesOf } from "./states.js";

const most = 12; // attributes that the verdict names
const telling = 0.01; // the p-value from which a change of missing values is told in the table
const pause = 10000; // milliseconds until a question that was refused is asked again

export const drift = {
  title: "Drift",
  async open(room, project) {
    const [info, projects] = await Promise.all([get(base(project)), get("projects")]);
    const part = stateChoice("what is compared", "part"), reference = stateChoice("with", "reference");
    const key = remember(el("input", { type: "search", placeholder: "none" }), "key", () => frame.anew()), ofKey = el("label", { hidden: true }, "of the key", key);
    const alpha = remember(el("input", { type: "number", min: 0, max: 1, step: "any", placeholder: "0.01", size: 6 }), "alpha", () => frame.anew());
    const least = remember(el("input", { type: "number", min: 0, max: 1, step: "any", placeholder: "0", size: 6 }), "min_effect", () => frame.anew());
    const verdict = el("p", { class: "verdict", role: "status" }), about = el("div", {}), detail = el("section", { id: "attribute" }), joint = el("section", { id: "joint" });
    const list = attributeTable();
    room.append(inert(el("form", {}, part.field, ofKey, reference.field,
      el("label", { title: "The rate of wrong verdicts where nothing has changed" }, "alpha: rate of wrong verdicts", alpha),
      el("label", { title: "The least effect, from 0 to 1, of an attribute that counts as changed" }, "min_effect: least effect that counts", least))), verdict, about, list, detail, joint);
    const asked = () => ({ part: key.value ? "key:" + key.value : part.value(), reference: reference.value(), alpha: alpha.value, min_effect: least.value });
    const show = (text, ...nodes) => { // instead of an answer
      if (verdict.textContent !== text) verdict.textContent = text;
      about.replaceChildren(...nodes);
      for (const place of [list, detail, joint]) place.hidden = true;
    };
    let refused = { question: "", until: 0 };
    return async () => {
      if (!now.live) return;
      ofKey.hidden = !now.live.keyed;
      const states = statesOf(now.live, info, projects.map((p) => p.project).filter((p) => p !== project));
      part.fill(states, states.kept.length ? "usual choice" : states.window ? "newer half of the window" : "all rows");
      reference.fill(states, "usual choice");
      const question = asked(), wrong = mistake(question, states);
      if (wrong) { show(...wrong); return; }
      const asking = JSON.stringify(question);
      if (refused.question === asking && performance.now() < refused.until) return;
      let told;
      try { told = await get(base(project) + "/explore/drift", question); } catch (error) {
        if (error instanceof TypeError) throw error; // the frame tells that the server does not answer
        refused = { question: asking, until: performance.now() + pause };
        show("These two states cannot be compared.", failure(error), ...(states.kept.length || states.window ? [] : help(states)));
        return;
      }
      if (JSON.stringify(asked()) !== asking) return; // others are asked for by now
      for (const place of [list, detail, joint]) place.hidden = false;
      write(verdict, about, told, states);
      const chosen = place().parameters.attribute;
      for (const a of told.attributes) a.selected = a.attribute === chosen;
      list.tell(told);
      await driftDetail(detail, project, told, told.attributes.find((a) => a.selected));
      together(joint, told.joint);
    };
  },
};

// mistake tells what is wrong with a question before it is asked: a heading and nodes.
function mistake({ part, reference, alpha, min_effect: least }, states) {
  if (alpha !== "" && !(alpha > 0 && alpha < 1)) return ["Nothing was asked.", failure({ message: "alpha is " + alpha + ", want a number above 0 and below 1" })];
  if (least !== "" && !(least >= 0 && least <= 1)) return ["Nothing was asked.", failure({ message: "min_effect is " + least + ", want a number from 0 to 1" })];
  if (part && part === reference) return ["Nothing was asked.", failure({ message: "Both states are " + part + ": choose another one to compare with." })];
  if (part === "history" && !reference) return ["Nothing was asked.", note("Choose above what the history is compared with.")];
  if (!part && !reference && !states.kept.length && !states.window) return ["There is nothing to compare with yet.", ...help(states)];
  return null;
}

// help says what gives a project a second state.
function help(states) {
  const code = (text) => el("code", {}, text);
  return [note("This project keeps one set of statistics: nothing in it tells recent rows from earlier ones. What helps:"), el("ul", { class: "soft" },
    el("li", {}, code("window: { period: 1h, beside: true }"), " in sml_learn keeps the last hour beside the history, and this page compares the hour with all rows before it."),
    el("li", {}, code("window: { period: 1h }"), " keeps only the last hour, and this page compares its newer half with its older half."),
    states.shards.length || states.projects.length ? el("li", {}, "Without a change of settings: choose two states above, such as ", states.shards.length ? "a shard" : "another project", ".") : null)];
}

// mark is the verdict of an attribute in words, with a sign of its own.
function mark(a, told) {
  const words = wordsOf(told);
  if (a.drift) return el("span", { class: "alarm" }, "▲ " + words.changed);
  if (a.p_adjusted === null || a.p_adjusted === undefined) return el("span", { title: "No test is defined: there are too few rows, or all values are equal" }, "? no test");
  if (a.p_adjusted < told.alpha) return el("span", { title: "The difference is significant, and its effect is below min_effect" }, "△ small");
  return el("span", {}, "○ " + words.same);
}

// values tells what is new, gone or missing.
function values(a) {
  const some = (all, what) => all?.length ? what + " " + all.slice(0, 3).map((v) => v.value + " (" + percent(v.share) + ")").join(", ") + (all.length > 3 ? " and " + (all.length - 3) + " more" : "") : "";
  const gaps = (side) => side.missing / ((side.missing + side.rows) || 1);
  const missing = a.tests.some((t) => t.test === "missing" && t.p !== null && t.p < telling) ? "missing " + percent(gaps(a.reference)) + " → " + percent(gaps(a.recent)) : "";
  return [some(a.new_values, "new:"), some(a.vanished_values, "gone:"), missing].filter(Boolean).join("; ");
}

function attributeTable() {
  const choose = (name) => { keep({ attribute: place().parameters.attribute === name ? "" : name }); frame.anew(); };
  const means = { before: { title: "mean before", of: (a) => a.reference.mean }, now: { title: "mean now", of: (a) => a.recent.mean } };
  const list = longTable("drift", {
    what: "attributes", caption: "Attributes, the least p first", text: (a) => a.attribute, none: "Neither state has an attribute.",
    columns: [
      { title: "attribute", of: (a) => { const b = el("button", { class: "link", type: "button", "aria-expanded": a.selected ? "true" : "false" }, a.attribute); b.addEventListener("click", () => choose(a.attribute)); return b; } },
      { title: "verdict", of: (a) => mark(a, list.told) },
      { title: "effect, 0 to 1", of: (a) => ({ show: el("span", { class: "gauge" }, el("span", {}, number(a.effect)), el("span", { class: "track" }, bar(a.effect, 5))), value: a.effect }) },
      { title: "adjusted p", of: (a) => ({ show: probability(a.p_adjusted), value: a.p_adjusted }), file: (a) => a.p_adjusted },
      means.before, means.now,
      { title: "values", of: (a) => values(a) }, { title: "kind", of: (a) => a.kind },
    ],
  });
  list.addEventListener("click", (event) => { // anywhere in a row
    if (!event.target.closest("a, button")) event.target.closest("tbody tr")?.querySelector("button.link")?.click();
  });
  list.classList.add("picked");
  list.tell = (told) => {
    list.told = told;
    means.before.title = "mean, " + short(sideName(told.reference));
    means.now.title = "mean, " + short(sideName(told.recent));
    list.show(told.attributes);
  };
  return list;
}

// write tells the verdict and what was compared.
function write(verdict, about, told, states) {
  const all = told.attributes.length, changed = told.drifted;
  const words = wordsOf(told), named = changed.slice(0, most).join(", ") + (changed.length > most ? " and " + (changed.length - most) + " more" : "");
  const text = changed.length ? changed.length + " of " + count(all, "attribute") + (changed.length === 1 ? words.one : words.many) + named
    : told.drift ? words.together : told.p === null || told.p === undefined ? "It cannot be told yet: there are too few rows for a test." : words.nothing + count(all, "attribute") + ".";
  const sign = told.drift ? "▲ " : told.p === null || told.p === undefined ? "? " : "○ ";
  if (verdict.textContent !== sign + text) verdict.replaceChildren(el("span", { class: told.drift ? "alarm" : "good", "aria-hidden": "true" }, sign), text);
  const dependent = told.attributes.filter((a) => a.dependent).length, side = (s) => number(s.rows) + " rows" + (s.effective_rows !== s.rows ? ", worth " + number(s.effective_rows) + " of equal weight" : "");
  const overlap = [told.recent.name, told.reference.name].sort().join() === "history,window";
  about.replaceChildren(note(el("b", {}, sideName(told.recent)), " (" + side(told.recent) + ") against ", el("b", {}, sideName(told.reference)), " (" + side(told.reference) + "). ",
    dependent ? "Rows that follow each other count as dependent in " + dependent + " of " + count(all, "attribute") + ", estimated from " + count(told.tiles, "step") + " of the window: the tests use the effective rows of each attribute."
      : "Rows count as independent: " + (states.window ? "how they depend on each other cannot be estimated from the steps of the window." : "the project keeps no window, from whose steps their dependence is estimated."),
  " Smallest adjusted p: " + probability(told.p) + ". The limit is alpha = " + number(told.alpha) + (told.min_effect > 0 ? ", with an effect of at least " + number(told.min_effect) : "") + "."),
  ...(overlap ? [note("The history has the rows of the window too, which hides part of a change. ", el("b", {}, "earlier"), " has only the rows before the window.")] : []),
  ...(told.notes || []).map((n) => note(n)));
}

// together shows the comparison of all attributes at once, where the answer has one.
function together(place, joint) {
  const text = JSON.stringify(joint ?? {});
  if (place.shown === text) return;
  place.shown = text;
  const found = testsIn(joint ?? {});
  place.replaceChildren(...(text === "{}" ? [] : [el("h3", {}, "All attributes together"),
    found.length ? table(["of", "test", "statistic", "p"], found.map(([of, t]) => [of, t.test, t.statistic, { show: probability(t.p), value: t.p }]), "Tests of all attributes together") : "",
    el("details", {}, el("summary", {}, "All numbers"), render(joint))]));
}

// testsIn finds the tests in an answer, with the names under which they are.
function testsIn(value, under = []) {
  if (value === null || typeof value !== "object") return [];
  if ("test" in value && "p" in value) return value.p === null ? [] : [[under.filter((k) => !/^\d+$/.test(k)).join(", "), value]];
  return Object.entries(value).flatMap(([k, v]) => testsIn(v, [...under, k]));
}
