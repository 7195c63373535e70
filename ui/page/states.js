// The states of a project that can be compared, and a field that chooses one.
import { el } from "./dom.js";
import { keep, place, frame } from "./state.js";

const most = 200; // of the shards, and of the other projects, that are listed

const told = { history: "history: all rows", window: "window: the last rows", decay: "decay: recent rows weigh more", earlier: "earlier: before the window", older: "older half of the window", newer: "newer half of the window" };

// statesOf lists what a project keeps, what is worked out of that, its shards and other
// projects.
export function statesOf(live, info, projects) {
  const kept = live.parts, w = info.composition.window || {};
  const window = kept.includes("window") || w.rows > 0 || (w.period !== undefined && !/^0/.test(w.period));
  const own = [...kept, ...(kept.includes("history") && kept.includes("window") ? ["earlier"] : []), ...(window ? ["older", "newer"] : [])];
  const shards = live.shards.filter((s) => s.rows > 0).map((s) => "shard:" + s.id);
  return { kept, window, own, shards: shards.length > 1 ? shards.slice(0, most) : [], projects: projects.slice(0, most).map((p) => "project:" + p) };
}

// stateChoice is a field of which the choice is in the address under its name.
export function stateChoice(label, name) {
  const select = el("select", {});
  let filled = "";
  select.addEventListener("change", () => { keep({ [name]: select.value }); frame.anew(); });
  return {
    field: el("label", {}, label, select),
    value: () => place().parameters[name] || "",
    fill(states, usual) {
      const given = place().parameters[name] || "", known = [...states.own, ...states.shards, ...states.projects];
      const key = JSON.stringify([given, known, usual]);
      if (key === filled) return; // an open list stays open
      filled = key;
      const option = (v, text) => el("option", { value: v, selected: v === given }, text ?? v);
      const group = (title, all) => all.length ? el("optgroup", { label: title }, ...all.map((v) => option(v, told[v] || v.replace(/^(shard|project):/, "")))) : null;
      select.replaceChildren(...[option("", usual), given && !known.includes(given) ? option(given) : null, group("of this project", states.own), group("rows of a shard", states.shards), group("other projects", states.projects)].filter(Boolean));
      select.value = given;
    },
  };
}
