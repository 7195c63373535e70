// Elements, numbers and requests. Text of data goes into the page as text only
// (textContent), never as HTML.

const writeBase = "../sml-write/"; // where the endpoint that may write is

export function el(tag, attributes, ...children) {
  const out = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== false && value !== null) out.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) if (child !== null && child !== undefined) out.append(typeof child === "number" ? String(child) : child);
  return out;
}

export function query(parameters) {
  const set = Object.entries(parameters || {}).filter(([, v]) => v !== "" && v !== undefined && v !== null);
  return set.length ? "?" + new URLSearchParams(set) : "";
}

async function read(response) {
  const body = await response.text();
  if (response.ok) return JSON.parse(body);
  let detail = response.status + " " + response.statusText;
  try { detail = JSON.parse(body).detail || detail; } catch { /* no problem document */ }
  throw new Error(detail);
}

export const base = (project) => "projects/" + encodeURIComponent(project);
export const modelBase = (project, model) => base(project) + "/models/" + encodeURIComponent(model);

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

export const ask = async (path, parameters) => follow(await fetch(path + query(parameters)));
export const get = async (path, parameters) => read(await ask(path, parameters));
export const post = async (path, body) => read(await follow(await fetch(writeBase + path, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body || {}),
})));

const minus = (text) => text.replace("-", "−");

// number writes four significant digits, whole numbers in full.
export function number(x) {
  if (x === null || x === undefined) return "–";
  if (typeof x !== "number") return String(x);
  if (Number.isInteger(x) && Math.abs(x) < 1e15) return minus(x.toLocaleString("en"));
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return minus(x.toExponential(2)).replace("e+", "e").replace("e-", "e−");
  return minus(x.toLocaleString("en", { maximumSignificantDigits: Math.max(4, Math.floor(Math.log10(size || 1)) + 1) }));
}

export const probability = (p) => p === null || p === undefined ? "–" : p < 1e-16 ? "< 1e−16" : number(p);
export const percent = (x) => x === null || x === undefined ? "–" : (100 * x).toFixed(Math.abs(x) < 0.1 ? 2 : 1) + " %";
export const seconds = (s) => s < 1 ? Math.round(1000 * s) + " ms" : s < 120 ? s.toFixed(1) + " s" : s < 7200 ? Math.round(s / 60) + " min" : Math.round(s / 3600) + " h";
export const clock = (at) => new Date(at).toLocaleTimeString("en", { hour12: false });
export const count = (n, one, many) => number(n) + " " + (n === 1 ? one : many || one + "s");

export const simple = (v) => v === null || v === undefined || typeof v !== "object";
export const words = (key) => String(key).replaceAll("_", " ");

// bar is a short bar in a table, of a share of the longest.
export function bar(share, most = 5, title) {
  const width = Math.min(1, Math.abs(share) || 0) * most;
  return el("span", { class: share < 0 ? "bar minus" : "bar", style: "width:" + width.toFixed(3) + "rem", title });
}

export function choose(label, options, value) {
  const select = el("select", {}, ...options.map((o) => Array.isArray(o) ? el("option", { value: o[0], selected: o[0] === value }, o[1]) : el("option", { value: o, selected: o === value }, o)));
  return { select, field: el("label", {}, label, select) };
}

export const card = (v, text, ...more) => el("div", { class: "card" }, el("b", {}, v), el("span", {}, text), ...more);
export const note = (...text) => el("p", { class: "soft" }, ...text);
export const failure = (error) => el("p", { class: "error", role: "alert" }, error.message);

// inert keeps a form from leaving the page.
export function inert(form) {
  form.addEventListener("submit", (event) => event.preventDefault());
  return form;
}

// The numeric attributes of a project, and those that are learned at all.
export const numericNames = (info) => info.schema.filter((a) => a.type === "continuous" || a.type === "binary").map((a) => a.name);
export const learnedNames = (info) => info.schema.filter((a) => a.type !== "ignore").map((a) => a.name);
export const groupNames = (info) => info.schema.filter((a) => a.type === "categorical" || a.type === "binary").map((a) => a.name);

// swap puts nodes into a place, unless they are what is there.
export function swap(place, ...nodes) {
  const next = el("div", {}, ...nodes);
  if (place.swapped === next.innerHTML) return;
  place.swapped = next.innerHTML;
  place.replaceChildren(...next.childNodes);
}

export const isNumberLike = (v) => typeof v === "number" || v === null || v === undefined;
