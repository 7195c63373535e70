// One model. One wants to know whether it holds (on rows that it had not seen), where
// it fails, why it answers as it does, and how to define it elsewhere.
import { choose, el, get, inert, modelBase, note } from "./dom.js";
import { link, place, remember, frame } from "./state.js";
import { describe } from "./describe.js";
import { evaluationPlots } from "./evaluation.js";
import { membersPlots } from "./members.js";
import { whatIf } from "./whatif.js";
import { definition } from "./yaml.js";

export async function modelDetail(room, project, name) {
  const [report, types] = await Promise.all([get(modelBase(project, name)), get("types")]);
  const role = types.find((t) => t.type === report.type)?.role;
  const evaluation = el("div", {}), members = el("div", {}), about = el("div", {}), rows = choose("rows", [["all", "all"]], "all"), of = choose("class", [["", ""]], "");
  remember(rows.select, "rows", () => frame.anew());
  remember(of.select, "class", () => frame.anew());
  rows.select.dataset.usual = "all";
  const fields = inert(el("form", {}, rows.field, of.field));
  fields.hidden = true;
  room.append(el("h3", { id: "model" }, name), note(report.type + (report.target ? " of " + report.target : "") + ": " + (types.find((t) => t.type === report.type)?.summary || "")));
  if (role === "anomaly") room.append(el("p", {}, el("a", { href: link(project, "anomalies", { model: name }) }, "Its scores and anomalies")));
  room.append(fields, evaluation, members, about, whatIf(project, report, role), el("h3", {}, "Definition"), definition(report));
  let described = "", drawn = "";
  return async () => {
    const fresh = await get(modelBase(project, name)), text = JSON.stringify(fresh);
    if (JSON.stringify(fresh.course) !== drawn && !members.contains(document.activeElement)) {
      members.replaceChildren(...(fresh.course ? membersPlots(fresh.course) : fresh.type === "pool" || fresh.type === "adaptive" ? [el("h3", {}, "Members over time"), note("Nothing has counted yet what the members cost: sml_score does, of documents with the target" + (fresh.type === "adaptive" ? " and with evaluate, and so does prequential: row of sml_learn." : "."))] : []));
      drawn = JSON.stringify(fresh.course);
    }
    if (text !== described && !about.contains(document.activeElement)) { // details stay open
      const open = [...about.querySelectorAll("details")].map((d) => d.open);
      const { course, ...rest } = fresh; // the course has its plots above
      about.replaceChildren(...describe(rest));
      about.querySelectorAll("details").forEach((d, i) => { if (open[i] !== undefined) d.open = open[i]; });
      described = text;
    }
    if (role === "anomaly") return;
    const given = place().parameters, d = await get(modelBase(project, name) + "/evaluation-detail", { rows: given.rows, class: given.class });
    fields.hidden = !d.evaluated || (d.parts.length < 2 && !d.classes);
    if (!d.evaluated) {
      evaluation.replaceChildren(el("h3", {}, "Quality on rows that it had not seen"), note("Nothing compares its predictions with what the rows turned out to be. ", el("code", {}, "evaluate: { enabled: true }"), " of sml_score does, for each row that passes and has the target", ...(fresh.cross_validation ? [". Its cross-validation is below."] : ["; a project with ", el("code", {}, "folds"), " has cross-validation as well."])));
      return;
    }
    refill(rows.select, d.parts, d.part);
    rows.field.hidden = d.parts.length < 2;
    of.field.hidden = !d.classes;
    if (d.classes) refill(of.select, d.classes.classes.map((c) => c.class), d.curve?.class);
    evaluation.replaceChildren(el("h3", {}, "Quality on rows that it had not seen"), ...evaluationPlots(d, report));
  };
}

function refill(select, values, value) {
  if (document.activeElement === select) return;
  if ([...select.options].map((o) => o.value).join("\n") !== values.join("\n")) select.replaceChildren(...values.map((v) => el("option", { value: v }, v)));
  if (value !== undefined) select.value = value;
}

