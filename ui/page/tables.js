// Tables: of any JSON, and long ones with search, order and pages.
import { el, isNumberLike, number, probability, simple, words, note, count } from "./dom.js";
import { keep, place, frame } from "./state.js";
import { tableTool } from "./export.js";

const shown = (key, v) => typeof v === "number" ? (/(^|_)p(_value)?$/.test(key) ? probability(v) : number(v)) : v === null || v === undefined ? "–" : v === true ? "yes" : v === false ? "no" : String(v);

// A cell is a number, a text, an element, or {show, value}: what is shown and what is
// written to a file and sorted by.
const isPair = (v) => v !== null && typeof v === "object" && !(v instanceof Node) && "show" in v;
export const valueOf = (v) => isPair(v) ? v.value : v instanceof Node ? v.textContent : v;

function cell(v) {
  if (isPair(v)) {
    const td = cell(v.show);
    if (typeof v.value === "number" && !(v.show instanceof Node)) td.classList.add("n");
    return td;
  }
  if (isNumberLike(v)) return el("td", { class: v ? "n" : "n low" }, number(v));
  if (v instanceof Node && v.tagName === "TD") return v;
  return el("td", {}, v instanceof Node ? v : String(v));
}

const isNumeric = (v) => isPair(v) ? typeof v.value === "number" && !(v.show instanceof Node) : isNumberLike(v) || v instanceof Node && v.classList?.contains("n");

function body(head, rows, heads) {
  const numeric = head.map((_, i) => rows.length > 0 && rows.every((row) => isNumeric(row[i])));
  return el("table", {},
    el("thead", {}, el("tr", {}, ...head.map((h, i) => {
      const th = heads ? heads(h, i) : el("th", { scope: "col" }, h);
      if (numeric[i]) th.classList.add("n");
      return th;
    }))),
    el("tbody", {}, ...rows.map((row) => {
      const tr = el("tr", {}, ...row.map(cell));
      if (row.selected) tr.setAttribute("aria-selected", "true");
      return tr;
    })));
}

const plainHead = (head) => head.map((h) => h === "" ? " " : h);
const filled = (head, row) => row.filter((_, i) => head[i] !== "");

// scroll is a box that scrolls sideways, which the keyboard must reach.
const scroll = (name, ...children) => el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": name || "table" }, ...children);

// table of rows of cells. A column without a head is for the eye and not written to
// files.
export function table(head, rows, caption) {
  const name = typeof caption === "string" ? caption : "table";
  return el("div", { class: "tabled" },
    el("div", { class: "above" }, caption ? el("span", { class: "caption" }, caption) : "", rows.length ? tableTool(name, head.filter((h) => h !== ""), () => rows.map((r) => filled(head, r).map(valueOf))) : ""),
    scroll(name, body(plainHead(head), rows)));
}

export function pairs(all) {
  const entries = all.filter(([, v]) => v !== undefined);
  return el("div", { class: "scroll" }, el("table", {}, el("tbody", {}, ...entries.map(([k, v]) => el("tr", {},
    el("th", { scope: "row" }, words(k)), simple(v) ? el("td", { class: typeof v === "number" && "n" }, shown(k, v)) : el("td", { class: "text" }, v instanceof Node ? v : render(v)))))));
}

const longest = 200; // of what is shown of a list that is nested in an answer

// render shows any JSON as tables.
export function render(value) {
  if (simple(value)) return el("span", {}, shown("", value));
  if (Array.isArray(value)) {
    if (value.length === 0) return el("span", { class: "soft" }, "none");
    if (value.length > longest) return el("div", {}, render(value.slice(0, longest)), note("and " + count(value.length - longest, "more", "more")));
    if (value.every(simple)) return el("span", {}, value.map((v) => shown("", v)).join(", "));
    if (value.every((v) => Array.isArray(v))) return table(value[0].map((_, i) => i + 1), value.map((r) => r.map((v) => simple(v) ? v : render(v))));
    const keys = [...new Set(value.flatMap((v) => Object.keys(v || {})))];
    return table(keys.map(words), value.map((v) => keys.map((k) => {
      const one = v ? v[k] : null;
      return one === undefined ? "" : simple(one) ? (/(^|_)p$/.test(k) ? { show: probability(one), value: one } : typeof one === "boolean" ? shown("", one) : one) : render(one);
    })));
  }
  return pairs(Object.entries(value));
}

const compare = (x, y) => {
  const nothing = (v) => v === null || v === undefined || v === "" || Number.isNaN(v);
  if (nothing(x) || nothing(y)) return nothing(x) - nothing(y);
  return typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "en", { numeric: true });
};

// longTable is a table with search, order and pages, all in the address under its
// name. Columns are {title, of(item), sort(item)?}; only the rows of the page are made.
export function longTable(name, { columns, text, size = 25, caption, what = "rows", none }) {
  const box = el("div", { class: "tabled" }), state = { items: [] };
  const key = (k) => name + "_" + k;
  const search = el("input", { type: "search", placeholder: "search", "aria-label": "search " + what, size: 16 });
  search.value = place().parameters[key("q")] || "";
  search.addEventListener("input", () => { keep({ [key("q")]: search.value, [key("page")]: "" }); draw(); });
  const tools = el("span", {}), head = el("div", { class: "above" }, el("label", { class: "inline" }, el("span", { class: "caption" }, caption || ""), search), tools);
  const room = el("div", {}), pager = el("nav", { class: "pager", "aria-label": "pages of " + what });
  box.append(head, room, pager);
  const sortKey = (c) => c.sort || ((item) => valueOf(c.of(item)));
  function found() {
    const given = place().parameters, wanted = (given[key("q")] || "").toLowerCase(), by = columns[given[key("by")]];
    let items = wanted ? state.items.filter((item) => text(item).toLowerCase().includes(wanted)) : state.items;
    if (by) {
      const value = sortKey(by), down = given[key("down")] === "1";
      items = items.map((item) => [value(item), item]).sort((a, b) => {
        const empty = (v) => v === null || v === undefined || v === "";
        if (empty(a[0]) || empty(b[0])) return empty(a[0]) - empty(b[0]); // always last
        return (down ? -1 : 1) * compare(a[0], b[0]);
      }).map(([, item]) => item);
    }
    return items;
  }
  function draw() {
    const given = place().parameters, items = found(), pages = Math.max(1, Math.ceil(items.length / size));
    const page = Math.min(Math.max(1, Number(given[key("page")]) || 1), pages), by = given[key("by")], down = given[key("down")] === "1";
    const part = items.slice((page - 1) * size, page * size);
    const heads = (title, i) => {
      if (!columns[i].title.trim() || columns[i].fixed) return el("th", { scope: "col" }, columns[i].title.trim() ? title : " ");
      const button = el("button", { type: "button" }, title);
      button.addEventListener("click", () => { keep({ [key("by")]: String(i), [key("down")]: by === String(i) && !down ? "1" : "", [key("page")]: "" }); draw(); });
      return el("th", { scope: "col", "aria-sort": by === String(i) ? (down ? "descending" : "ascending") : undefined }, button);
    };
    const rows = part.map((item) => Object.assign(columns.map((c) => c.of(item)), { selected: item.selected }));
    room.replaceChildren(items.length ? scroll(caption, body(columns.map((c) => c.title), rows, heads))
      : note(state.items.length ? "Nothing has that in its name." : none || "There are none yet."));
    const titled = columns.filter((c) => c.title.trim());
    tools.replaceChildren(items.length ? tableTool(caption || name, titled.map((c) => c.title), () => found().map((item) => titled.map((c) => (c.file || ((x) => valueOf(c.of(x))))(item)))) : "");
    search.parentElement.classList.toggle("bare", state.items.length <= 8 && !search.value);
    pager.hidden = pages < 2;
    const turn = (to, title, what) => {
      const button = el("button", { type: "button", class: "tool", disabled: to < 1 || to > pages, "aria-label": what }, title);
      button.addEventListener("click", () => { keep({ [key("page")]: to === 1 ? "" : String(to) }); draw(); frame.anew(); });
      return button;
    };
    pager.replaceChildren(turn(1, "«", "first page"), turn(page - 1, "‹", "page before"), el("span", {}, "page " + page + " of " + pages + ", " + count(items.length, what.replace(/s$/, ""), what)), turn(page + 1, "›", "next page"), turn(pages, "»", "last page"));
  }
  box.show = (items) => { state.items = items; draw(); };
  box.page = () => { // the items that are seen
    const given = place().parameters, items = found();
    const page = Math.min(Math.max(1, Number(given[key("page")]) || 1), Math.max(1, Math.ceil(items.length / size)));
    return items.slice((page - 1) * size, page * size);
  };
  return box;
}
