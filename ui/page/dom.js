"use strict";
// Elements, numbers, requests and small pictures. Text of data goes into the
// page as text only (textContent), never as HTML.

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

// follow waits for the answer of a job, where the response names one. Jobs of both
// endpoints are read at this one.
async function follow(response) {
  while (response.status === 202) {
    const job = await response.json();
    if (job.status === "running") await new Promise((done) => setTimeout(done, 500));
    response = await fetch(job.result);
  }
  return response;
}

const ask = async (path, parameters) => follow(await fetch(path + query(parameters)));
const get = async (path, parameters) => read(await ask(path, parameters));
const post = async (path, body) => read(await follow(await fetch(writeBase + path, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body || {}),
})));

// number writes four significant digits, whole numbers in full.
function number(x) {
  if (x === null || x === undefined) return "–";
  if (typeof x !== "number") return String(x);
  if (Number.isInteger(x) && Math.abs(x) < 1e15) return x.toLocaleString("en").replace("-", "−");
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return x.toExponential(2).replace("-", "−").replace("e+", "e").replace("e-", "e−");
  return x.toLocaleString("en", { maximumSignificantDigits: Math.max(4, Math.floor(Math.log10(size || 1)) + 1) }).replace("-", "−");
}

const probability = (p) => p === null || p === undefined ? "–" : p < 1e-16 ? "< 1e−16" : number(p);
const percent = (x) => x === null || x === undefined ? "–" : (100 * x).toFixed(Math.abs(x) < 0.1 ? 2 : 1) + " %";
const seconds = (s) => s < 1 ? Math.round(1000 * s) + " ms" : s < 120 ? s.toFixed(1) + " s" : Math.round(s / 60) + " min";

const isNumber = (v) => typeof v === "number" || v === null || v === undefined;

function cell(v) {
  if (isNumber(v)) return el("td", { class: v ? "n" : "n low" }, number(v));
  if (v instanceof Node && v.tagName === "TD") return v;
  return el("td", {}, v instanceof Node ? v : String(v));
}

// table of rows of cells: numbers, texts or elements. A column is as its first row is.
function table(head, rows, caption) {
  const numeric = head.map((_, i) => rows.length > 0 && rows.every((row) => isNumber(row[i]) || row[i] instanceof Node && row[i].classList.contains("n")));
  return el("div", { class: "scroll" }, el("table", {},
    ...(caption ? [el("caption", {}, caption)] : []),
    el("thead", {}, el("tr", {}, ...head.map((h, i) => el("th", { scope: "col", class: numeric[i] && "n" }, h)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map(cell))))));
}

const simple = (v) => v === null || typeof v !== "object";
const words = (key) => String(key).replaceAll("_", " ");
const shown = (key, v) => typeof v === "number" ? (/^(p|p_value|f_p|.*_p)$/.test(key) ? probability(v) : number(v)) : v === null ? "–" : v === true ? "yes" : v === false ? "no" : String(v);

// pairs shows the fields of an object, one below the other.
function pairs(all) {
  const entries = all.filter(([, v]) => v !== undefined);
  return el("div", { class: "scroll" }, el("table", {}, el("tbody", {}, ...entries.map(([k, v]) => el("tr", {},
    el("th", { scope: "row" }, words(k)), simple(v) ? el("td", { class: typeof v === "number" && "n" }, shown(k, v)) : el("td", { class: "text" }, render(v)))))));
}

// render shows any JSON as tables.
function render(value) {
  if (simple(value)) return el("span", {}, shown("", value));
  if (Array.isArray(value)) {
    if (value.length === 0) return el("span", { class: "soft" }, "none");
    if (value.every(simple)) return el("span", {}, value.map((v) => shown("", v)).join(", "));
    if (value.every((v) => Array.isArray(v))) return table(value[0].map((_, i) => i + 1), value.map((r) => r.map((v) => simple(v) ? v : render(v))));
    const keys = [...new Set(value.flatMap((v) => Object.keys(v || {})))];
    return table(keys.map(words), value.map((v) => keys.map((k) => {
      const one = v ? v[k] : null;
      return one === undefined ? "" : simple(one) ? (/(^|_)p$/.test(k) ? el("td", { class: "n" }, probability(one)) : one) : render(one);
    })));
  }
  return pairs(Object.entries(value));
}

const ns = "http://www.w3.org/2000/svg";

// bars draws a small histogram; behind, if given, is drawn below it.
function bars(heights, behind) {
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", "small");
  svg.setAttribute("viewBox", "0 0 " + heights.length + " 10");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const draw = (list, kind) => {
    const top = Math.max(1e-300, ...list);
    list.forEach((h, i) => {
      const r = document.createElementNS(ns, "rect");
      const height = h > 0 ? Math.max(0.4, 10 * h / top) : 0;
      for (const [k, v] of Object.entries({ x: i, width: 0.9, y: 10 - height, height, class: kind })) r.setAttribute(k, v);
      svg.append(r);
    });
  };
  if (behind) draw(behind, "behind");
  draw(heights, "");
  return svg;
}

// spark draws numbers over time.
function spark(values) {
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", "spark");
  svg.setAttribute("viewBox", "0 0 60 10");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(ns, "polyline");
  const top = Math.max(1e-300, ...values);
  line.setAttribute("points", values.map((v, i) => i + "," + (9.5 - 9 * v / top)).join(" "));
  svg.append(line);
  return svg;
}

// plot shows a picture of the server; renew asks for it again without a gap.
function plot() {
  const problem = el("p", { class: "error" }), place = el("div", {}), box = el("div", { class: "scroll" }, place, problem);
  let last = "";
  box.renew = async (path, parameters) => {
    const response = await ask(path, parameters);
    if (!response.ok) {
      last = "";
      place.replaceChildren();
      try { await read(response); } catch (error) { problem.textContent = error.message; }
      return;
    }
    problem.textContent = "";
    const text = await response.text();
    if (text === last) return;
    last = text;
    const picture = document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
    picture.classList.add("plot");
    place.replaceChildren(picture);
  };
  return box;
}

function choose(label, options, value) {
  const select = el("select", {}, ...options.map((o) => el("option", { value: o, selected: o === value }, o)));
  return { select, field: el("label", {}, label, select) };
}

const numeric = (info) => info.schema.filter((a) => a.type === "continuous" || a.type === "binary").map((a) => a.name);
const learnedNames = (info) => info.schema.filter((a) => a.type !== "ignore").map((a) => a.name);
