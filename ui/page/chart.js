// Plots, drawn here from numbers of the server. A plot is a figure with its files.
import { el, number, clock } from "./dom.js";
import { plotTools } from "./export.js";

const ns = "http://www.w3.org/2000/svg";

export function svg(tag, attributes, ...children) {
  const out = document.createElementNS(ns, tag);
  for (const [name, value] of Object.entries(attributes || {})) if (value !== undefined && value !== null && value !== false) out.setAttribute(name, typeof value === "number" ? +value.toFixed(2) : value);
  out.append(...children);
  return out;
}

const titled = (node, title) => { if (title) node.append(svg("title", {}, title)); return node; };

// ticks are round numbers in [lo, hi]: steps of 1, 2 or 5 times a power of ten.
export function ticks(lo, hi, n) {
  if (!(hi > lo)) return [lo];
  let step = 10 ** Math.floor(Math.log10((hi - lo) / n));
  for (const times of [1, 2, 5, 10]) if ((hi - lo) / (times * step) <= n) { step *= times; break; }
  const out = [], first = Math.ceil(lo / step - 1e-9);
  for (let i = first; i * step <= hi + 1e-9 * step && out.length <= n + 1; i++) out.push(i * step);
  return out;
}

// tickTexts are the ticks as text, with the digits that tell neighbours apart.
function tickTexts(at) {
  if (at.length < 2) return at.map((t) => number(+t.toPrecision(12)));
  const step = at[1] - at[0], digits = Math.ceil(Math.log10(Math.max(...at.map(Math.abs)) / step) + 1e-9) + 1;
  return at.map((t) => digits <= 4 ? number(+t.toPrecision(12)) : (Math.abs(t) < step / 2 ? "0" : String(+t.toPrecision(Math.min(15, digits))).replace("-", "−")));
}

const hours = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2419200];

// timeTicks are round times, in milliseconds.
function timeTicks(lo, hi, n) {
  const step = 1000 * (hours.find((s) => (hi - lo) / 1000 / s <= n) || Math.ceil((hi - lo) / 1000 / n / 2419200) * 2419200);
  const offset = new Date(lo).getTimezoneOffset() * 60000, out = [];
  for (let t = Math.ceil((lo - offset) / step) * step + offset; t <= hi; t += step) out.push(t);
  return out;
}

const when = (t, span) => span > 3 * 86400e3 ? new Date(t).toLocaleDateString("en", { month: "short", day: "numeric" }) : span > 600e3 ? clock(t).slice(0, 5) : clock(t);

// range of numbers with a little room around it; never empty.
export function range(values, room = 0.04, with0 = false) {
  let lo = with0 ? 0 : Infinity, hi = with0 ? 0 : -Infinity;
  for (const v of values) if (Number.isFinite(v)) { lo = Math.min(lo, v); hi = Math.max(hi, v); }
  if (!(hi >= lo)) return [0, 1];
  if (hi === lo) { const half = Math.max(0.5, Math.abs(lo) * 0.1); return [lo - half, hi + half]; }
  const more = (hi - lo) * room;
  return [with0 && lo === 0 ? 0 : lo - more, with0 && hi === 0 ? 0 : hi + more];
}

// The area of a plot, with scales of both axes.
export class Plot {
  // axes are {label, range: [lo, hi], time?, names?}; names are categories at 0, 1, ...
  constructor({ title, x, y, width = 520, height = 320, left, bottom = 46, top = 14, right = 26 }) {
    const longest = y.names ? Math.max(...y.names.map((n) => short(n).length), 3) * 6.4 + 14 : 62;
    Object.assign(this, { title, x, y, width, height, left: left ?? longest, right: width - right, top, bottom: height - bottom });
    this.svg = svg("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": title });
    this.axes();
    const clip = "clip" + Plot.count++;
    this.svg.append(svg("clipPath", { id: clip }, svg("rect", { x: this.left - 1, y: this.top - 1, width: this.right - this.left + 2, height: this.bottom - this.top + 2 })));
    this.area = svg("g", { "clip-path": `url(#${clip})` });
    this.svg.append(this.area);
    this.legends = 0;
  }
  X(v) { const [lo, hi] = this.x.range; return this.left + (v - lo) / (hi - lo) * (this.right - this.left); }
  Y(v) { const [lo, hi] = this.y.range; return this.bottom - (v - lo) / (hi - lo) * (this.bottom - this.top); }
  atX(px) { const [lo, hi] = this.x.range; return lo + (px - this.left) / (this.right - this.left) * (hi - lo); }
  axes() {
    const { svg: s, x, y } = this, [lo, hi] = x.range;
    const place = (text, px, py, anchor, turn) => s.append(svg("text", { x: px, y: py, "text-anchor": anchor, transform: turn && `rotate(${turn} ${px.toFixed(1)} ${py.toFixed(1)})` }, text));
    const grid = (x1, y1, x2, y2) => s.append(svg("line", { x1, y1, x2, y2, class: "grid" }));
    const room = Math.max(2, Math.round((this.right - this.left) / 75));
    const atX = x.names ? x.names.map((_, i) => i) : x.time ? timeTicks(lo, hi, room) : ticks(lo, hi, room);
    const textX = x.names ? x.names.map(short) : x.time ? atX.map((t) => when(t, hi - lo)) : tickTexts(atX);
    for (const [i, t] of atX.entries()) {
      if (!x.names) grid(this.X(t), this.top, this.X(t), this.bottom);
      if (x.turned) place(textX[i], this.X(t) + 3, this.bottom + 12, "end", -50); else place(textX[i], this.X(t), this.bottom + 15, "middle");
    }
    const atY = y.names ? y.names.map((_, i) => i) : ticks(...y.range, Math.max(2, Math.round((this.bottom - this.top) / 45)));
    const textY = y.names ? y.names.map(short) : tickTexts(atY);
    for (const [i, t] of atY.entries()) {
      if (!y.names) grid(this.left, this.Y(t), this.right, this.Y(t));
      place(textY[i], this.left - 6, this.Y(t) + 4, "end");
    }
    s.append(svg("line", { x1: this.left, y1: this.bottom, x2: this.right, y2: this.bottom, class: "axis" }), svg("line", { x1: this.left, y1: this.top, x2: this.left, y2: this.bottom, class: "axis" }));
    if (x.label) place(x.label, (this.left + this.right) / 2, this.height - 8, "middle");
    if (y.label) place(y.label, 13, (this.top + this.bottom) / 2, "middle", -90);
  }
  line(points, kind = "main", title) {
    let d = "", open = false;
    for (const [a, b] of points) {
      if (!Number.isFinite(a) || !Number.isFinite(b)) { open = false; continue; }
      d += (open ? "L" : "M") + this.X(a).toFixed(1) + " " + this.Y(b).toFixed(1);
      open = true;
    }
    this.area.append(titled(svg("path", { d, class: "line " + kind }), title));
    return this;
  }
  band(points, kind = "main") { // [x, low, high]
    const ok = points.filter((p) => p.every(Number.isFinite));
    if (ok.length) this.area.append(svg("path", { class: "band " + kind, d: ok.map(([a, , c], i) => (i ? "L" : "M") + this.X(a).toFixed(1) + " " + this.Y(c).toFixed(1)).join("") + ok.reverse().map(([a, b]) => "L" + this.X(a).toFixed(1) + " " + this.Y(b).toFixed(1)).join("") + "Z" }));
    return this;
  }
  rect(x1, y1, x2, y2, kind, title, more) {
    const a = this.X(x1), b = this.X(x2), c = this.Y(y2), d = this.Y(y1);
    const r = titled(svg("rect", { x: Math.min(a, b), y: Math.min(c, d), width: Math.max(0.3, Math.abs(b - a)), height: Math.max(0.3, Math.abs(d - c)), class: kind, ...more }), title);
    this.area.append(r);
    return r;
  }
  dot(x, y, r, kind, title, more) {
    const c = titled(svg("circle", { cx: this.X(x), cy: this.Y(y), r, class: kind, ...more }), title);
    this.area.append(c);
    return c;
  }
  text(x, y, text, kind) {
    this.area.append(svg("text", { x: this.X(x), y: this.Y(y) + 4, "text-anchor": "middle", class: kind }, text));
    return this;
  }
  label(x, y, text) { // beside a point
    const right = this.X(x) > this.right - 60;
    this.svg.append(svg("text", { x: this.X(x) + (right ? -6 : 6), y: this.Y(y) - 4, "text-anchor": right ? "end" : "start", class: "halo" }, short(text)));
    return this;
  }
  across(y, kind, text) {
    if (y < this.y.range[0] || y > this.y.range[1]) return this;
    this.area.append(svg("line", { x1: this.left, y1: this.Y(y), x2: this.right, y2: this.Y(y), class: "line " + kind }));
    if (text) this.svg.append(svg("text", { x: this.right + 4, y: this.Y(y) + 4 }, text));
    return this;
  }
  legend(entries) { // [kind, text]
    let x = this.left + 4;
    for (const [kind, text, shape] of entries) {
      this.svg.append(shape === "dot" ? svg("circle", { cx: x + 6, cy: this.top - 6, r: 3, class: kind }) : svg("line", { x1: x, x2: x + 13, y1: this.top - 6, y2: this.top - 6, class: "line " + kind }), svg("text", { x: x + 17, y: this.top - 2 }, text));
      x += 32 + text.length * 6.1;
    }
    return this;
  }
  // figure gives the plot its name and its files.
  figure(caption) {
    return el("figure", {}, el("figcaption", {}, el("span", {}, caption ?? this.title), plotTools(this.title, () => this.svg)), el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": this.title }, this.svg));
  }
}
Plot.count = 0;

export const short = (text) => { const all = [...String(text)]; return all.length > 18 ? all.slice(0, 17).join("") + "…" : all.join(""); };

// heat is how a share of the most is shown: the eye sees differences of little best
// by the root.
export const heat = (share) => Math.sqrt(Math.max(0, Math.min(1, share))).toFixed(3);

// bars draws a small histogram; behind, if given, is drawn below it.
export function bars(heights, behind) {
  const out = svg("svg", { class: "small", viewBox: "0 0 " + Math.max(1, heights.length) + " 10", preserveAspectRatio: "none", "aria-hidden": "true" });
  const draw = (list, kind) => {
    const top = Math.max(1e-300, ...list);
    list.forEach((h, i) => {
      const height = h > 0 ? Math.max(0.4, 10 * h / top) : 0;
      out.append(svg("rect", { x: i, width: 0.9, y: 10 - height, height, class: kind }));
    });
  };
  if (behind) draw(behind, "behind");
  draw(heights, "");
  return out;
}

// spark draws numbers over time.
export function spark(values, kind = "spark") {
  const top = Math.max(1e-300, ...values), n = Math.max(2, values.length);
  return svg("svg", { class: kind, viewBox: `0 0 ${n - 1} 10`, preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("polyline", { points: values.map((v, i) => i + "," + (9.5 - 9 * v / top).toFixed(2)).join(" ") }));
}
