// Attributes. One looks for what is odd (missing, skewed, constant), then at one
// attribute: its shape and quantiles, whether groups differ, whether it has moved.
import { base, el, get, inert, note, number } from "./dom.js";
import { keep, place, remember, frame } from "./state.js";
import { bars } from "./chart.js";
import { longTable, table } from "./tables.js";
import { now } from "./now.js";
import { attributeDetail } from "./attribute.js";

export const attributes = {
  title: "Attributes",
  async open(room, project) {
    const info = await get(base(project));
    const whys = new Map(info.schema.map((a) => [a.name, a.why]));
    const key = remember(el("input", { type: "search", placeholder: "all" }), "key", () => frame.anew());
    const ofKey = el("label", { hidden: true }, "of the key", key), weight = note();
    const detail = el("section", { id: "attribute", "aria-live": "off" });
    const part = () => key.value ? "key:" + key.value : undefined;
    const u = (name) => (a) => a.univariate?.[name] ?? null;
    const list = longTable("attributes", {
      what: "attributes", caption: "Attributes", text: (a) => a.name, none: "Nothing has been learned yet.",
      columns: [
        { title: "attribute", of: (a) => { const b = el("button", { class: "link", type: "button" }, a.name); b.addEventListener("click", () => pick(place().parameters.attribute === a.name ? "" : a.name)); return b; } },
        { title: "type", of: (a) => ({ show: el("span", { title: whys.get(a.name) || "" }, a.type), value: a.type }) },
        { title: "distribution", fixed: true, of: (a) => ({ show: a.density ? bars(a.density.histogram) : a.univariate?.values ? bars(Object.values(a.univariate.values).slice(0, 24)) : "", value: (a.density?.histogram || []).join(" ") }) },
        ...["count", "missing", "mean", "stddev", "min", "median", "max", "skewness"].map((name) => ({ title: name === "stddev" ? "std. dev." : name, of: u(name) })),
      ],
    });
    let shown = null;
    function pick(name) {
      keep({ attribute: name });
      shown = null;
      frame.anew();
    }
    room.append(inert(el("form", {}, ofKey)), weight, list, unread(info.unread || []), detail);
    return async () => {
      ofKey.parentElement.hidden = ofKey.hidden = !now.live?.keyed;
      const all = await get(base(project) + "/summary", { part: part() });
      weight.hidden = !part() && !all.left_out;
      weight.textContent = part() ? number(all.rows) + " rows of " + key.value + "." : number(all.left_out) + " more attributes are not shown.";
      const name = place().parameters.attribute;
      for (const a of all.attributes) a.selected = a.name === name;
      list.show(all.attributes);
      const a = all.attributes.find((x) => x.name === name);
      if (!a) { detail.replaceChildren(); shown = null; return; }
      if (!shown || shown.name !== name) {
        shown = attributeDetail(project, info, a);
        detail.replaceChildren(shown);
        if (matchMedia("(max-width: 60rem)").matches) shown.scrollIntoView({ block: "start" });
      }
      await shown.renew(a, part());
    };
  },
};

// unread tells the keys with objects or arrays of which nothing is learned, and what
// would learn them.
function unread(keys) {
  if (!keys.length) return "";
  return el("details", { id: "unread" }, el("summary", {}, keys.length + (keys.length === 1 ? " key is" : " keys are") + " not learned"),
    table(["key", "holds", "what learns it"], keys.map((k) => [k.name, k.is, k.advice]), "Keys that are not learned"));
}
