// Models. One wants to see which models hold, look into one, and build another.
import { base, el, get } from "./dom.js";
import { link, place } from "./state.js";
import { longTable } from "./tables.js";
import { brief } from "./quality.js";
import { builder } from "./builder.js";
import { modelDetail } from "./model.js";

export const models = {
  title: "Models",
  async open(room, project) {
    const name = place().parameters.model;
    if (name) {
      room.append(el("p", {}, el("a", { href: link(project, "models") }, "All models")));
      return modelDetail(room, project, name);
    }
    const list = longTable("models", {
      what: "models", caption: "Models of the project", size: 15, text: (m) => m.name + " " + m.type + " " + (m.target || ""), none: "None yet. The form below builds one in milliseconds from what has been learned.",
      columns: [
        { title: "model", of: (m) => el("a", { href: link(project, "models", { model: m.name }) }, m.name) }, { title: "type", of: (m) => m.type }, { title: "role", of: (m) => m.role || "" }, { title: "target", of: (m) => m.target || "–" },
        { title: "lately", of: (m) => m.lately || "–" }, { title: "anomalies in the last hour", of: (m) => m.anomalies ?? null },
        { title: "built from", of: (m) => m.built_from || null }, { title: "versions", of: (m) => (m.versions || []).join(", ") || "–" }, { title: "problem", of: (m) => m.error || (m.waiting_for ? "waits: " + m.waiting_for : "") },
      ],
    });
    const form = await builder(project, () => update());
    room.append(list, form);
    const update = async () => {
      const [all, activity] = await Promise.all([get(base(project) + "/models"), get(base(project) + "/activity")]);
      const by = new Map(activity.models.map((m) => [m.name, m]));
      list.show(all.map((m) => ({ ...by.get(m.name), ...m, lately: by.has(m.name) ? brief({ ...by.get(m.name), problem: "", scores: 0 }) : "" })));
    };
    return update;
  },
};
