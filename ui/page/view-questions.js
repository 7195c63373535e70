// Tests and questions. One has a question to the statistics, fills in what it is
// about, and keeps the answer as a link.
import { base, choose, el, failure, get, learnedNames, note, words } from "./dom.js";
import { keep, place } from "./state.js";
import { pairs, render } from "./tables.js";

// questionForm is made of a question of the catalogue.
function questionForm(project, names, question, result) {
  const given = place().parameters;
  const fields = question.parameters.map((p) => {
    let input;
    if (p.kind === "attribute") input = el("select", {}, ...(p.required ? [] : [el("option", { value: "" }, "–")]), ...names.map((n) => el("option", { value: n }, n)));
    else if (p.choices) input = el("select", {}, el("option", { value: "" }, p.default || "–"), ...p.choices.filter((n) => n !== p.default).map((n) => el("option", { value: n }, n)));
    else if (p.kind === "boolean") input = el("select", {}, el("option", { value: "" }, "no"), el("option", { value: "true" }, "yes"));
    else input = el("input", { type: p.kind === "number" || p.kind === "integer" ? "number" : "text", step: p.kind === "integer" ? 1 : "any", min: p.minimum, max: p.maximum, size: 12, placeholder: p.kind === "attributes" ? "all, or a, b, c" : p.kind === "texts" ? "a, b" : p.default === undefined ? "" : String(p.default) });
    input.name = p.name;
    if (p.required) input.required = true;
    return el("label", { title: p.description }, words(p.name), input);
  });
  const selects = fields.map((f) => f.querySelector("select")).filter((s) => s && s.required);
  if (selects.length > 1 && names.length > 1) selects[1].value = names[1];
  for (const input of fields.map((f) => f.querySelector("select, input"))) {
    const v = given["q." + input.name];
    if (v !== undefined && (input.tagName !== "SELECT" || [...input.options].some((o) => o.value === v))) input.value = v;
  }
  const form = el("form", {}, ...fields, el("button", {}, "Ask"));
  form.send = async () => {
    const asked = Object.fromEntries(new FormData(form));
    keep({ asked: "1", ...Object.fromEntries(Object.entries(asked).map(([k, v]) => ["q." + k, v])) });
    try {
      result.replaceChildren(render(await get(base(project) + "/explore/" + question.name, asked)));
    } catch (error) { result.replaceChildren(failure(error)); }
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); form.send(); });
  return form;
}

export const questions = {
  title: "Tests and questions",
  async open(room, project) {
    const [info, all] = await Promise.all([get(base(project)), get(base(project) + "/questions")]);
    const names = learnedNames(info);
    if (!names.length) { room.append(note("The project has no attributes yet. They come with its first rows.")); return null; }
    const wanted = place().parameters.question;
    const pick = choose("question", all.map((q) => q.name), all.some((q) => q.name === wanted) ? wanted : "ttest");
    const form = el("div", {}), about = note(), help = el("div", {}), result = el("div", { "aria-live": "polite", id: "answer" });
    const show = () => {
      const q = all.find((x) => x.name === pick.select.value), made = questionForm(project, names, q, result);
      about.textContent = q.summary;
      result.replaceChildren();
      form.replaceChildren(made);
      help.replaceChildren(el("details", {}, el("summary", {}, "What the fields mean"), pairs(q.parameters.map((p) => [p.name, p.description + (p.required ? " Required." : p.default === undefined ? "" : " Default " + p.default + ".")]))));
      return made;
    };
    pick.select.addEventListener("change", () => {
      const gone = Object.fromEntries(Object.keys(place().parameters).map((k) => [k, ""]));
      keep({ ...gone, question: pick.select.value });
      show();
    });
    const which = el("form", { id: "which" }, pick.field);
    which.addEventListener("submit", (event) => event.preventDefault());
    room.append(which, about, form, result, help);
    const made = show();
    if (place().parameters.asked) await made.send();
    return null;
  },
};
