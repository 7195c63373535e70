// Start. One wants to see at once: is data coming, do the models still hold, has
// anything alarmed; and to go from there to the place where it did.
import { base, bar, clock, count, el, get, number, note } from "./dom.js";
import { link } from "./state.js";
import { spark } from "./chart.js";
import { longTable, table } from "./tables.js";
import { brief } from "./quality.js";

const known = new Map(); // rates of projects that other processes learn, by name

export const start = {
  title: "Projects",
  async open(room) {
    const empty = el("div", {}), alarms = el("div", { id: "alarms" });
    const list = longTable("projects", {
      what: "projects", caption: "Projects", size: 20, text: (p) => p.project + " " + p.models.map((m) => m.name).join(" "),
      columns: [
        { title: "project", of: (p) => el("a", { href: link(p.project, "live") }, p.project) },
        { title: "rows", of: (p) => p.rows },
        { title: "rows/s", of: (p) => p.error ? null : Math.round(p.rate) },
        { title: "last five minutes", fixed: true, of: (p) => ({ show: p.error ? p.error : spark(p.pace, "spark inline"), value: p.pace.join(" ") }) },
        { title: "anomalies in the last hour", of: (p) => ({ show: p.anomalies ? el("a", { href: link(p.project, "anomalies", { span: "3600" }), class: "alarm" }, number(p.anomalies)) : el("span", { class: "low" }, "0"), value: p.anomalies }) },
        { title: "models", fixed: true, of: (p) => ({ show: modelList(p), value: p.models.map((m) => m.name + " " + brief(m)).join("; ") }) },
        { title: "this process", of: (p) => p.learning ? "learning" : "read only" },
      ],
    });
    room.append(list, alarms, empty);
    return async () => {
      const names = (await get("projects")).map((p) => p.project || p);
      const all = await Promise.all(names.map(activityOf));
      list.hidden = !names.length;
      list.show(all);
      showAlarms(alarms, all);
      empty.replaceChildren(...(names.length ? [] : nothing()));
    };
  },
};

async function activityOf(name) {
  try {
    const a = await get(base(name) + "/activity");
    const seen = known.get(name) || [], at = Date.now();
    seen.push({ at, rows: a.rows });
    known.set(name, seen.slice(-60));
    const past = seen.slice(-12)[0], rate = a.learning ? a.pace[a.pace.length - 2] : at > past.at ? (a.rows - past.rows) / (at - past.at) * 1000 : 0;
    return { ...a, rate };
  } catch (error) { return { project: name, rows: null, rate: 0, pace: [], anomalies: 0, models: [], alarms: [], error: error.message }; }
}

const mostModels = 4;

// modelList names a few models, those with quality or alarms first.
function modelList(p) {
  const told = [...p.models].sort((a, b) => !!brief(b) - !!brief(a)).slice(0, mostModels);
  const items = told.map((m) => el("li", {}, el("a", { href: link(p.project, "models", { model: m.name }) }, m.name), brief(m) ? " " + brief(m) : el("span", { class: "soft" }, " " + m.type)));
  if (p.models.length > told.length) items.push(el("li", {}, el("a", { href: link(p.project, "models") }, "and " + count(p.models.length - told.length, "more", "more"))));
  if (!p.models.length && !p.error) items.push(el("li", {}, el("a", { href: link(p.project, "models", { build: "1" }) }, "build one")));
  return el("ul", { class: "brief" }, ...items);
}

function showAlarms(place, all) {
  const alarms = all.flatMap((p) => p.alarms.map((a) => ({ project: p.project, ...a }))).sort((a, b) => b.at.localeCompare(a.at)).slice(0, 12);
  const scored = all.some((p) => p.models.some((m) => m.scores));
  if (!alarms.length) {
    place.replaceChildren(...(all.length ? [el("h3", {}, "Alarms of the last hour"), note(scored ? "None: no score was above its threshold." : "This process has scored nothing in the last hour. sml_score scores each row that passes, with a model of the project.")] : []));
    return;
  }
  const most = Math.max(...alarms.map((a) => a.anomalies));
  place.replaceChildren(el("h3", {}, "Alarms of the last hour"), table(["time", "project", "model", "rows", "", "highest score", "threshold", "most because of"], alarms.map((a) => {
    const why = Object.entries(a.result?.contributions || {}).sort((x, y) => Math.abs(y[1]) - Math.abs(x[1])).slice(0, 2).map(([n]) => n).join(", ");
    const from = Date.parse(a.at);
    return [el("a", { href: link(a.project, "anomalies", { model: a.model, span: "3600", from: from - 30000, to: from + a.seconds * 1000 + 30000 }) }, clock(a.at)),
      a.project, el("a", { href: link(a.project, "models", { model: a.model }) }, a.model), a.anomalies, bar(a.anomalies / most, 4), a.score, a.threshold, why || "–"];
  }), "The newest, each of ten seconds"));
}

// nothing says what to do where there is no project.
function nothing() {
  return [
    el("p", {}, "No project is open in this process, and the cache that it was given has none. A project begins with the first row that is learned. There are three ways:"),
    el("ol", { class: "steps" },
      el("li", {}, "See it work: ", el("code", {}, "rpconnect-sml demo"), " learns a stream of sensors, finds its anomalies and serves this page."),
      el("li", {}, "Add a learner to your pipeline, and run it in this process or on the same cache:", el("pre", {}, "pipeline:\n  processors:\n    - sml_learn:\n        project: mine\n        cache: state\n        models:\n          - { name: unusual, type: ensemble }\n    - sml_score: { project: mine, cache: state, model: unusual }")),
      el("li", {}, "Send rows to the REST interface: ", el("code", {}, "POST /sml-write/projects/mine/create"), ", then ", el("code", {}, "…/learn"), " with ", el("code", {}, '[{"temperature": 21.5}]'), ".")),
    note("This page shows a project as soon as there is one."),
  ];
}
