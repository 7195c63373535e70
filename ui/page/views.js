"use strict";
// The views, one object each: open builds it and returns what updates it.

const writeBase = "../sml-write/"; // where the endpoint that may write is

function el(tag, attributes, ...children) {
  const out = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== false) out.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) out.append(typeof child === "number" ? String(child) : child);
  return out;
}

function query(parameters) {
  const set = Object.entries(parameters || {}).filter(([, v]) => v !== "" && v !== undefined);
  return set.length ? "?" + new URLSearchParams(set) : "";
}

async function read(response) {
  const body = await response.text();
  if (response.ok) return JSON.parse(body);
  let detail = response.status + " " + response.statusText;
  try { detail = JSON.parse(body).detail || detail; } catch { /* no problem document */ }
  throw new Error(detail);
}

const base = (project) => "projects/" + encodeURIComponent(project);
const get = async (path, parameters) => read(await fetch(path + query(parameters)));
const post = async (path, body) => read(await fetch(writeBase + path, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body || {}),
}));

function number(x) {
  if (x === null || x === undefined) return "–";
  if (Number.isInteger(x)) return x.toLocaleString("en");
  return String(Number(x.toPrecision(5)));
}

const cell = (v) => typeof v === "number" || v === null || v === undefined
  ? el("td", { class: "n" }, number(v)) : el("td", {}, v instanceof Node ? v : String(v));

function table(head, rows, caption) {
  return el("div", { class: "scroll" }, el("table", {},
    ...(caption ? [el("caption", {}, caption)] : []),
    el("thead", {}, el("tr", {}, ...head.map((h) => el("th", { scope: "col" }, h)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map(cell))))));
}

const simple = (v) => v === null || typeof v !== "object";

// render shows any JSON as tables.
function render(value) {
  if (simple(value)) return el("span", {}, typeof value === "number" ? number(value) : String(value));
  if (Array.isArray(value)) {
    if (value.length === 0) return el("span", { class: "soft" }, "none");
    if (value.every(simple)) return el("span", {}, value.map((v) => typeof v === "number" ? number(v) : String(v)).join(", "));
    if (value.every((v) => Array.isArray(v))) return table(value[0].map((_, i) => i + 1), value.map((r) => r.map((v) => simple(v) ? v : render(v))));
    const keys = [...new Set(value.flatMap((v) => Object.keys(v || {})))];
    return table(keys, value.map((v) => keys.map((k) => v && simple(v[k]) ? v[k] : render(v ? v[k] : null))));
  }
  return table(["", ""], Object.entries(value).map(([k, v]) => [k, simple(v) ? v : render(v)]));
}

// bars draws a small histogram.
function bars(heights) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  const top = Math.max(1e-300, ...heights);
  svg.setAttribute("class", "small");
  svg.setAttribute("viewBox", "0 0 " + heights.length + " 10");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  heights.forEach((h, i) => {
    const r = document.createElementNS(ns, "rect");
    const set = { x: i, width: 0.9, y: 10 - 10 * h / top, height: 10 * h / top };
    for (const [k, v] of Object.entries(set)) r.setAttribute(k, v);
    svg.append(r);
  });
  return svg;
}

// plot shows a picture of the server; renew asks for it again without a gap.
function plot(alt) {
  const image = el("img", { class: "plot", alt });
  const problem = el("p", { class: "error" });
  const box = el("div", {}, image, problem);
  let url = "";
  box.renew = async (path, parameters) => {
    const response = await fetch(path + query(parameters));
    if (!response.ok) {
      image.removeAttribute("src");
      try { await read(response); } catch (error) { problem.textContent = error.message; }
      return;
    }
    problem.textContent = "";
    const text = await response.text();
    const next = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
    if (next !== url) image.src = url = next;
  };
  return box;
}

function choose(label, options, value) {
  const select = el("select", {}, ...options.map((o) => el("option", { value: o, selected: o === value }, o)));
  return { select, field: el("label", {}, label, select) };
}

const numeric = (info) => info.schema.filter((a) => a.type === "continuous" || a.type === "binary").map((a) => a.name);

const projectList = {
  title: "Projects",
  async open(room) {
    return async () => {
      const names = await get("projects");
      const rows = await Promise.all(names.map(async (name) => {
        const link = el("a", { href: "#/" + encodeURIComponent(name) + "/live" }, name);
        try {
          const live = await get(base(name) + "/live");
          return [link, live.rows, Math.round(live.rows_per_second), live.models.map((m) => m.name).join(", ")];
        } catch (error) { return [link, null, null, error.message]; }
      }));
      if (room.contains(document.activeElement)) return;
      room.replaceChildren(names.length ? table(["project", "rows", "rows/s", "models"], rows) : el("p", {}, "No project is open."));
    };
  },
};

const views = {};

views.live = {
  title: "Live",
  async open(room, project) {
    return async () => {
      const live = await get(base(project) + "/live");
      const card = (v, text) => el("div", { class: "card" }, el("b", {}, v), el("span", {}, text));
      const most = Math.max(0, ...live.shards.map((s) => s.rows));
      room.replaceChildren(
        el("div", { class: "cards" }, card(number(live.rows), "rows"), card(number(Math.round(live.rows_per_second)), "rows/s"),
          card(live.staleness.toFixed(2) + " s", "staleness"), card(number(live.shards.length), "shards")),
        el("h3", {}, "Shards"), table(["shard", "rows", "behind the largest", "version", "learned here"],
          live.shards.map((s) => [s.id, s.rows, most - s.rows, s.version, s.live ? "yes" : "no"])),
        el("h3", {}, "Models"), table(["model", "type", "target", "built from", "error"],
          live.models.map((m) => [m.name, m.type, m.target || "–", m.built_from, m.error || ""])));
    };
  },
};

views.attributes = {
  title: "Attributes",
  async open(room, project) {
    return async () => {
      const all = await get(base(project) + "/summary");
      room.replaceChildren(table(["attribute", "type", "distribution", "count", "missing", "mean", "stddev", "min", "median", "max", "skewness"],
        all.attributes.map((a) => {
          const u = a.univariate || {};
          const shape = a.density ? bars(a.density.histogram) : u.values ? bars(Object.values(u.values).slice(0, 24)) : "";
          return [a.name, a.type, shape, u.count, u.missing, u.mean, u.stddev, u.min, u.median, u.max, u.skewness];
        })));
      if (all.left_out) room.append(el("p", { class: "soft" }, all.left_out + " more attributes are not shown"));
    };
  },
};

views.correlation = {
  title: "Correlation",
  async open(room, project) {
    const picture = plot("Heat map of the correlations of the numeric attributes");
    room.append(picture);
    return () => picture.renew(base(project) + "/plots/correlation");
  },
};

views.bivariate = {
  title: "Two attributes",
  async open(room, project) {
    const info = await get(base(project));
    const names = info.schema.filter((a) => a.type !== "ignore").map((a) => a.name);
    const a = choose("first", names, names[0]), b = choose("second", names, names[1]);
    const picture = plot("The two attributes: ellipses of 50, 90 and 99 % and the line of least squares");
    const numbers = el("div", {});
    room.append(el("form", {}, a.field, b.field), picture, numbers);
    const update = async () => {
      const asked = { a: a.select.value, b: b.select.value };
      const both = numeric(info).includes(asked.a) && numeric(info).includes(asked.b);
      picture.hidden = !both;
      if (both) await picture.renew(base(project) + "/plots/bivariate", asked);
      numbers.replaceChildren(render(await get(base(project) + "/explore/bivariate", asked)));
    };
    for (const s of [a.select, b.select]) s.addEventListener("change", () => tick());
    return update;
  },
};

// A form made of a question of the catalogue.
function questionForm(project, info, question, result) {
  const fields = question.parameters.map((p) => {
    const names = info.schema.filter((a) => a.type !== "ignore").map((a) => a.name);
    let input;
    if (p.kind === "attribute") input = el("select", {}, ...(p.required ? [] : [el("option", { value: "" }, "–")]), ...names.map((n) => el("option", { value: n }, n)));
    else if (p.choices) input = el("select", {}, el("option", { value: "" }, "–"), ...p.choices.map((n) => el("option", { value: n }, n)));
    else if (p.kind === "boolean") input = el("select", {}, el("option", { value: "" }, "no"), el("option", { value: "true" }, "yes"));
    else input = el("input", { type: p.kind === "number" || p.kind === "integer" ? "number" : "text", step: p.kind === "integer" ? 1 : "any", min: p.minimum, max: p.maximum });
    input.name = p.name;
    if (p.required) input.required = true;
    return el("label", { title: p.description }, p.name, input);
  });
  const form = el("form", {}, ...fields, el("button", {}, "Ask"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      result.replaceChildren(render(await get(base(project) + "/explore/" + question.name, Object.fromEntries(new FormData(form)))));
    } catch (error) { result.replaceChildren(el("p", { class: "error" }, error.message)); }
  });
  return form;
}

views.tests = {
  title: "Tests and questions",
  async open(room, project) {
    const [info, questions] = await Promise.all([get(base(project)), get(base(project) + "/questions")]);
    const names = questions.map((q) => q.name);
    const pick = choose("question", names, "ttest");
    const form = el("div", {}), about = el("p", { class: "soft" }), result = el("div", { "aria-live": "polite" });
    const change = () => {
      const q = questions.find((x) => x.name === pick.select.value);
      about.textContent = q.summary;
      result.replaceChildren();
      form.replaceChildren(questionForm(project, info, q, result));
    };
    pick.select.addEventListener("change", change);
    room.append(pick.field, about, form, result);
    change();
    return async () => {};
  },
};

views.pca = {
  title: "PCA",
  async open(room, project) {
    const picture = plot("Loadings of the first two principal components"), numbers = el("div", {});
    room.append(picture, numbers);
    return async () => {
      await picture.renew(base(project) + "/plots/pca");
      const pca = await get(base(project) + "/explore/pca");
      numbers.replaceChildren(table(["component", "variance", "share", "cumulative"], pca.components.map((c, i) => [i + 1, c.variance, c.share, c.cumulative])));
    };
  },
};

views.models = {
  title: "Models",
  async open(room, project) {
    const [info, types, live] = await Promise.all([get(base(project)), get("types"), get(base(project) + "/live")]);
    const attributes = info.schema.filter((a) => a.type !== "ignore").map((a) => a.name);
    const type = choose("type", types.map((t) => t.type)), target = choose("target", attributes);
    const name = el("input", { value: "page", pattern: "[A-Za-z0-9_\\-]{1,100}", required: true });
    const inputs = attributes.map((a) => el("input", { type: "checkbox", value: a, checked: true }));
    const boxes = el("fieldset", {}, el("legend", {}, "inputs"), ...inputs.map((box) => el("label", { class: "check" }, box, box.value)));
    const about = el("p", { class: "soft" }), result = el("div", { id: "built", "aria-live": "polite" });
    const form = el("form", { id: "builder" }, el("label", {}, "name", name), type.field, target.field, boxes, el("button", {}, "Build"));
    const change = () => {
      const t = types.find((x) => x.type === type.select.value);
      about.textContent = t.summary;
      target.field.hidden = !t.target;
    };
    const build = async () => {
      const t = types.find((x) => x.type === type.select.value);
      const definition = { name: name.value, type: t.type, inputs: inputs.filter((b) => b.checked && !(t.target && b.value === target.select.value)).map((b) => b.value) };
      if (t.target) definition.target = target.select.value;
      try {
        await post(base(project) + "/models", definition);
        const path = base(project) + "/models/" + encodeURIComponent(name.value);
        const built = await post(path + "/build");
        const report = await get(path);
        const found = report.model && report.model.coefficients;
        result.replaceChildren(el("p", {}, "Built from " + number(report.built_from) + " rows in " + number(built.milliseconds) + " ms."),
          ...(found ? [el("h3", {}, "Coefficients"), render(found)] : []), el("h3", {}, "Everything known"), render(report));
      } catch (error) { result.replaceChildren(el("p", { class: "error" }, error.message)); }
    };
    let built = false;
    form.addEventListener("submit", (event) => { event.preventDefault(); built = true; build(); });
    boxes.addEventListener("change", () => { if (built) build(); });
    type.select.addEventListener("change", change);
    const known = el("div", {}), detail = el("div", {});
    room.append(form, about, result, el("h3", {}, "Models of the project"), known, detail);
    change();
    known.append(table(["model", "type", "target", "built from", "versions"], live.models.map((m) => {
      const button = el("button", { type: "button" }, m.name);
      button.addEventListener("click", async () => detail.replaceChildren(render(await get(base(project) + "/models/" + encodeURIComponent(m.name)))));
      return [button, m.type, m.target || "–", m.built_from, (m.versions || []).join(", ")];
    })));
    return async () => {};
  },
};

views.anomalies = {
  title: "Anomalies",
  async open(room, project) {
    const [models, types] = await Promise.all([get(base(project) + "/models"), get("types")]);
    const anomaly = new Set(types.filter((t) => t.role === "anomaly").map((t) => t.type));
    const names = models.filter((m) => anomaly.has(m.type)).map((m) => m.name);
    if (!names.length) { room.append(el("p", {}, "The project has no anomaly model.")); return null; }
    const pick = choose("model", names, names[0]);
    const label = el("input", { value: "class", "aria-label": "field with the true label" });
    const picture = plot("The last scores with the threshold above which a score is an anomaly"), top = el("div", { id: "top" });
    room.append(el("form", {}, pick.field, el("label", {}, "field with the true label", label)), picture, el("h3", {}, "Highest scores"), top);
    room.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
    return async () => {
      const path = base(project) + "/models/" + encodeURIComponent(pick.select.value);
      await picture.renew(path + "/plot", { label: label.value });
      const scores = await get(path + "/scores", { label: label.value });
      top.replaceChildren(scores.top.length ? table(["score", "label", "quantile", "what made it so"], scores.top.map((s) => {
        const c = Object.entries(s.result.contributions || {}).sort((x, y) => y[1] - x[1]).slice(0, 4);
        return [s.score, s.label === undefined ? "–" : String(s.label), s.result.quantile,
          c.map(([n, v]) => n + " = " + (s.document ? JSON.stringify(s.document[n]) : "?") + " (" + number(v) + ")").join(", ")];
      })) : el("p", { class: "soft" }, "This process has not scored with the model yet."));
    };
  },
};

views.drift = {
  title: "Drift",
  async open(room, project) {
    return async () => {
      const live = await get(base(project) + "/live");
      const now = live.parts.find((p) => p === "window" || p === "decay");
      if (!now || !live.parts.includes("history")) {
        room.replaceChildren(el("p", {}, "The project keeps no window beside its history: set window or decay in sml_learn to compare what is recent with all there was."));
        return;
      }
      const [recent, all] = await Promise.all([get(base(project) + "/summary", { part: now }), get(base(project) + "/summary", { part: "history" })]);
      const before = new Map(all.attributes.map((a) => [a.name, a]));
      room.replaceChildren(table(["attribute", "mean now", "mean before", "shift in stddevs", "stddev now / before", "now", "before"],
        recent.attributes.filter((a) => a.density && before.get(a.name)?.density).map((a) => {
          const u = a.univariate, v = before.get(a.name).univariate;
          return [a.name, u.mean, v.mean, v.stddev > 0 ? (u.mean - v.mean) / v.stddev : null, v.stddev > 0 ? u.stddev / v.stddev : null,
            bars(a.density.histogram), bars(before.get(a.name).density.histogram)];
        })));
    };
  },
};
