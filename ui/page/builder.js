// A form that builds a model, and again when an input is changed.
import { base, choose, el, failure, get, learnedNames, modelBase, note, post } from "./dom.js";
import { keep, link, place } from "./state.js";
import { describe } from "./describe.js";

const mostBoxes = 60; // inputs that are shown at once

// suits reports whether an attribute may be the target of a type.
const suits = (type, a) => (type?.role === "classification" && a.type !== "continuous" && a.type !== "list" && a.type !== "ignore") || ((type?.role === "regression" || type?.numbers) && a.type === "continuous");

export async function builder(project, built) {
  const [info, types] = await Promise.all([get(base(project)), get("types")]), given = place().parameters;
  const attributes = learnedNames(info);
  if (!attributes.length) return note("Models can be built as soon as the project has rows.");
  const roles = [...new Set(types.map((t) => t.role))], wanted = types.some((t) => t.type === given.type) ? given.type : "ols";
  const type = el("select", {}, ...roles.map((role) => el("optgroup", { label: role }, ...types.filter((t) => t.role === role).map((t) => el("option", { value: t.type, selected: t.type === wanted }, t.type)))));
  const fits = info.schema.filter((a) => suits(types.find((t) => t.type === wanted), a)).map((a) => a.name);
  const target = choose("target", attributes, attributes.includes(given.target) ? given.target : fits.at(-1) || attributes.at(-1));
  const name = el("input", { value: given.name || "page", pattern: "[A-Za-z0-9_\\-]{1,100}", required: true, size: 14 });
  const without = new Set(given.without ? JSON.parse(given.without) : []), search = el("input", { type: "search", placeholder: "part of a name", "aria-label": "search inputs", size: 14 });
  const all = el("button", { type: "button", class: "link" }, "all"), none = el("button", { type: "button", class: "link" }, "none");
  const room = el("div", { class: "boxes" }), left = el("span", { class: "soft" });
  const boxes = el("fieldset", {}, el("legend", {}, "inputs: ", all, " or ", none), attributes.length > 12 ? el("label", { class: "inline" }, "", search) : "", room, left);
  const computed = [...new Set((info.expansions || []).map((e) => e.features))], chosen = new Set(given.features ? given.features.split(",") : ["linear"]);
  const features = computed.length ? el("fieldset", {}, el("legend", {}, "features"), ...["linear", ...computed].map((f) => {
    const box = el("input", { type: "checkbox", value: f });
    box.checked = chosen.has(f);
    return el("label", { class: "check" }, box, f);
  })) : "";
  const about = note(), result = el("div", { id: "built", "aria-live": "polite" });
  const form = el("form", { id: "builder" }, el("label", {}, "name", name), el("label", {}, "type", type), target.field, boxes, features, el("button", {}, "Build"));
  const kind = () => types.find((x) => x.type === type.value);
  const inputs = () => attributes.filter((a) => !without.has(a) && !(kind().target && a === target.select.value));
  const draw = () => {
    about.textContent = kind().summary;
    target.field.hidden = !kind().target;
    const found = attributes.filter((a) => a.toLowerCase().includes(search.value.toLowerCase()));
    room.replaceChildren(...found.slice(0, mostBoxes).map((a) => {
      const box = el("input", { type: "checkbox", value: a, disabled: kind().target && a === target.select.value });
      box.checked = !without.has(a);
      return el("label", { class: "check" }, box, a);
    }));
    left.textContent = inputs().length + " of " + attributes.length + " chosen" + (found.length > mostBoxes ? "; " + (found.length - mostBoxes) + " more are found by their names" : "") + ".";
  };
  const isLinear = () => chosen.size === 1 && chosen.has("linear");
  const share = () => keep({ type: type.value, target: kind().target ? target.select.value : "", name: name.value, without: without.size ? JSON.stringify([...without]) : "", features: isLinear() ? "" : [...chosen].join(",") });
  let done = false;
  const build = async () => {
    const t = kind(), definition = { name: name.value, type: t.type, inputs: inputs() };
    if (t.target) definition.target = target.select.value;
    if (features && chosen.size && !isLinear()) definition.features = [...chosen];
    share();
    try {
      await post(base(project) + "/models", definition);
      const path = modelBase(project, name.value), made = await post(path + "/build"), report = await get(path);
      result.replaceChildren(el("p", {}, el("a", { href: link(project, "models", { model: name.value }) }, "Look into " + name.value)), ...describe(report, made.milliseconds));
      done = true;
    } catch (error) { result.replaceChildren(failure(error)); }
    await built();
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); build(); });
  const changed = () => { draw(); share(); if (done) build(); };
  room.addEventListener("change", (event) => { if (event.target.checked) without.delete(event.target.value); else without.add(event.target.value); changed(); });
  if (features) features.addEventListener("change", (event) => { if (event.target.checked) chosen.add(event.target.value); else chosen.delete(event.target.value); changed(); });
  all.addEventListener("click", () => { without.clear(); changed(); });
  none.addEventListener("click", () => { for (const a of attributes) without.add(a); done = false; changed(); });
  search.addEventListener("input", draw);
  for (const select of [type, target.select]) select.addEventListener("change", changed);
  draw();
  return el("section", {}, el("h3", {}, "Build a model"), note("Any target from any inputs, built from the statistics. Once one is built, changing an input builds it again."), form, about, result);
}
