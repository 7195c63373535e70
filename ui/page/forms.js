"use strict";
// The views that ask: a form for each question, and the builder of models.

// questionForm is made of a question of the catalogue.
function questionForm(project, info, question, result) {
  const names = learnedNames(info);
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
  const form = el("form", {}, ...fields, el("button", {}, "Ask"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      result.replaceChildren(render(await get(base(project) + "/explore/" + question.name, Object.fromEntries(new FormData(form)))));
    } catch (error) { result.replaceChildren(el("p", { class: "error" }, error.message)); }
  });
  return form;
}

async function openQuestions(room, project) {
  const [info, questions] = await Promise.all([get(base(project)), get(base(project) + "/questions")]);
  const pick = choose("question", questions.map((q) => q.name), "ttest");
  const form = el("div", {}), about = el("p", { class: "soft" }), help = el("div", {}), result = el("div", { "aria-live": "polite", id: "answer" });
  const change = () => {
    const q = questions.find((x) => x.name === pick.select.value);
    about.textContent = q.summary;
    result.replaceChildren();
    form.replaceChildren(questionForm(project, info, q, result));
    help.replaceChildren(el("details", {}, el("summary", {}, "What the fields mean"), pairs(q.parameters.map((p) => [p.name, p.description + (p.required ? " Required." : p.default === undefined ? "" : " Default " + p.default + ".")]))));
  };
  pick.select.addEventListener("change", change);
  room.append(el("form", { id: "which" }, pick.field), about, form, result, help);
  room.querySelector("#which").addEventListener("submit", (event) => event.preventDefault());
  change();
  return null;
}

// Measures that stand above a model's description, in this order.
const headlines = [["r2", "R²"], ["adjusted_r2", "adjusted R²"], ["rmse", "RMSE"], ["aicc", "AICc"], ["accuracy", "accuracy"], ["auc", "ROC AUC"], ["log_loss", "log loss"]];

function describeModel(report, milliseconds) {
  const card = (v, text) => el("div", { class: "card" }, el("b", {}, v), el("span", {}, text));
  const m = report.model || {}, cards = [card(number(report.built_from), "rows built from")];
  if (milliseconds !== undefined) cards.push(card(number(milliseconds) + " ms", "to build"));
  for (const [key, text] of headlines) if (typeof m[key] === "number") cards.push(card(number(m[key]), text));
  const cv = m.cross_validation;
  if (cv && typeof cv.r2 === "number") cards.push(card(number(cv.r2), "R², cross-validated, " + cv.folds + " folds"));
  if (cv && typeof cv.rmse === "number") cards.push(card(number(cv.rmse), "RMSE, cross-validated"));
  const parts = [el("div", { class: "cards" }, ...cards)];
  if (report.error) parts.unshift(el("p", { class: "error" }, report.error));
  if (report.warming_up) parts.unshift(el("p", { class: "soft" }, "Warming up: it waits for " + (report.waiting_for || number(report.min_rows) + " rows") + "."));
  if (m.coefficients) {
    const some = (key) => m.coefficients.some((c) => c[key] !== undefined);
    const most = Math.max(1e-300, ...m.coefficients.filter((c) => c.name !== "(intercept)").map((c) => Math.abs(c.estimate)));
    const head = ["coefficient", "estimate"], take = [(c) => c.name, (c) => c.estimate];
    const add = (title, value) => { head.push(title); take.push(value); };
    if (some("low")) add(Math.round(100 * (m.confidence || 0.95)) + " % interval", (c) => el("td", { class: "n" }, c.low === undefined ? "–" : number(c.low) + " to " + number(c.high)));
    if (some("std_error")) add("std. error", (c) => c.std_error);
    if (some("t")) add("t", (c) => c.t);
    if (some("p")) add("p", (c) => el("td", { class: c.p > 0.05 ? "n low" : "n" }, probability(c.p)));
    if (some("vif")) add("VIF", (c) => c.vif ?? "");
    if (!some("low")) add("", (c) => c.name === "(intercept)" ? "" : el("span", { class: c.estimate < 0 ? "bar minus" : "bar", style: "width:" + 5 * Math.abs(c.estimate) / most + "rem" }));
    parts.push(el("h3", {}, "Coefficients of " + m.target), table(head, m.coefficients.map((c) => take.map((f) => f(c)))));
  }
  const { coefficients, ...rest } = m;
  parts.push(el("details", { open: !m.coefficients }, el("summary", {}, "Everything known"), render({ ...report, model: Object.keys(rest).length ? rest : undefined })));
  return parts;
}

async function openModels(room, project) {
  const [info, types] = await Promise.all([get(base(project)), get("types")]);
  const attributes = learnedNames(info);
  const roles = [...new Set(types.map((t) => t.role))];
  const type = el("select", {}, ...roles.map((role) => el("optgroup", { label: role }, ...types.filter((t) => t.role === role).map((t) => el("option", { value: t.type, selected: t.type === "ols" }, t.type)))));
  const target = choose("target", attributes, attributes[attributes.length - 1]);
  const name = el("input", { value: "page", pattern: "[A-Za-z0-9_\\-]{1,100}", required: true, size: 14 });
  const inputs = attributes.map((a) => el("input", { type: "checkbox", value: a, checked: true }));
  const all = el("button", { type: "button", class: "link" }, "all"), none = el("button", { type: "button", class: "link" }, "none");
  const boxes = el("fieldset", {}, el("legend", {}, "inputs: ", all, " or ", none), ...inputs.map((box) => el("label", { class: "check" }, box, box.value)));
  const about = el("p", { class: "soft" }), result = el("div", { id: "built", "aria-live": "polite" });
  const form = el("form", { id: "builder" }, el("label", {}, "name", name), el("label", {}, "type", type), target.field, boxes, el("button", {}, "Build"));
  const kind = () => types.find((x) => x.type === type.value);
  const change = () => {
    about.textContent = kind().summary;
    target.field.hidden = !kind().target;
    for (const box of inputs) box.disabled = kind().target && box.value === target.select.value;
  };
  let built = false;
  const build = async () => {
    const t = kind();
    const definition = { name: name.value, type: t.type, inputs: inputs.filter((b) => b.checked && !b.disabled).map((b) => b.value) };
    if (t.target) definition.target = target.select.value;
    try {
      await post(base(project) + "/models", definition);
      const path = base(project) + "/models/" + encodeURIComponent(name.value);
      const done = await post(path + "/build");
      result.replaceChildren(...describeModel(await get(path), done.milliseconds));
      built = true;
    } catch (error) { result.replaceChildren(el("p", { class: "error" }, error.message)); }
    await list();
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); build(); });
  boxes.addEventListener("change", () => { if (built) build(); });
  for (const [button, on] of [[all, true], [none, false]]) button.addEventListener("click", () => { for (const box of inputs) box.checked = on; if (built && on) build(); });
  for (const select of [type, target.select]) select.addEventListener("change", () => { change(); if (built) build(); });
  const known = el("div", {}), detail = el("div", {});
  async function list() {
    const models = await get(base(project) + "/models");
    known.replaceChildren(models.length ? table(["model", "type", "target", "built from", "versions"], models.map((m) => {
      const button = el("button", { type: "button", class: "link" }, m.name);
      button.addEventListener("click", async () => detail.replaceChildren(el("h3", {}, m.name), ...describeModel(await get(base(project) + "/models/" + encodeURIComponent(m.name)))));
      return [button, m.type, m.target || "–", m.built_from || null, (m.versions || []).join(", ") || "–"];
    })) : el("p", { class: "soft" }, "None yet."));
  }
  room.append(el("p", { class: "soft" }, "Any target from any inputs, built in milliseconds from the statistics. Once one is built, changing an input builds it again."), form, about, result, el("h3", {}, "Models of the project"), known, detail);
  change();
  await list();
  return null;
}
