// Live. One wants to know whether rows come, from which sources, how old the answers
// are, and what became of the models.
import { bar, base, card, el, get, note, number, post, seconds } from "./dom.js";
import { link } from "./state.js";
import { now } from "./now.js";
import { Plot, range } from "./chart.js";
import { longTable } from "./tables.js";
import { brief } from "./quality.js";

// forgetButton takes away what a shard has added, once the question is answered.
function forgetButton(project, shard, said) {
  const button = el("button", { type: "button", class: "tool", title: "Takes away what shard " + shard.id + " has added to the project" }, "Forget…");
  button.addEventListener("click", async () => {
    if (!confirm("Forget the " + number(shard.rows) + " rows of shard " + shard.id + "? This cannot be undone.")) return;
    try {
      const done = await post(base(project) + "/forget-shard?shard=" + encodeURIComponent(shard.id));
      said.className = "soft";
      said.textContent = "Shard " + done.shard + " is forgotten: " + number(done.forgotten) + " rows, " + number(done.rows) + " are left.";
    } catch (error) {
      said.className = "error";
      said.textContent = error.message;
    }
  });
  return button;
}

export const live = {
  title: "Live",
  async open(room, project) {
    const cards = el("div", { class: "cards" }), pace = el("div", {}), none = el("div", {}), said = el("p", { class: "soft", "aria-live": "polite" });
    let most = 1;
    const idle = (s) => (performance.now() - now.changed.get(s.id).at) / 1000;
    const shards = longTable("shards", {
      what: "shards", caption: "Shards", text: (s) => s.id, none: "No shard has any rows yet. They come with the first rows that sml_learn, or a request, learns.",
      columns: [
        { title: "shard", of: (s) => s.id }, { title: "rows", of: (s) => s.rows }, { title: "", of: (s) => bar(s.rows / most, 6) },
        { title: "last row", of: (s) => ({ show: idle(s) < 1.5 ? "now" : seconds(idle(s)) + " ago", value: Math.round(idle(s)) }) },
        { title: "version", of: (s) => s.version }, { title: "learned", of: (s) => s.live ? "by this process" : "elsewhere" },
        { title: "problem", of: (s) => s.unforgotten || "" }, { title: "", of: (s) => s.rows > 0 ? forgetButton(project, s, said) : "" },
      ],
    });
    const list = longTable("models", {
      what: "models", caption: "Models", text: (m) => m.name + " " + m.type + " " + (m.target || ""), none: "No models are defined. The page Models builds one in milliseconds.",
      columns: [
        { title: "model", of: (m) => el("a", { href: link(project, "models", { model: m.name }) }, m.name) }, { title: "type", of: (m) => m.type }, { title: "target", of: (m) => m.target || "–" },
        { title: "built from", of: (m) => m.built_from || null }, { title: "lately", of: (m) => m.lately || "–" },
        { title: "versions", of: (m) => (m.versions || []).map((v) => v === m.serves ? v + " (serves)" : v).join(", ") || "–" }, { title: "problem", of: (m) => m.error || "" },
      ],
    });
    room.append(cards, pace, shards, said, list, none);
    return async () => {
      const state = now.live;
      if (!state) return;
      const activity = await get(base(project) + "/activity");
      cards.replaceChildren(card(number(state.rows), "rows"), card(number(Math.round(state.rows_per_second)), "rows per second"),
        card(seconds(state.staleness), "age of the statistics"), card(number(state.shards.length), "shards"), card(number(state.models.length), "models"), card(number(activity.anomalies), "anomalies in the last hour"));
      const at = Date.now(), step = activity.pace_seconds * 1000;
      const rates = state.learning ? activity.pace.map((v, i) => [at - (activity.pace.length - 1 - i) * step, v]) : now.rates.map((v, i) => [at - (now.rates.length - 1 - i) * 1000, v]);
      const plot = new Plot({ title: "Rows per second", width: 780, height: 190, x: { range: [at - (state.learning ? 300e3 : 60e3), at], time: true }, y: { label: "rows/s", range: range(rates.map((r) => r[1]).concat(1), 0.05, true) } });
      pace.replaceChildren(plot.line(rates).figure(state.learning ? "Rows per second that this process learned, the last five minutes" : "Rows per second, since this page was opened"));
      most = Math.max(1, ...state.shards.map((s) => s.rows));
      shards.show(state.shards);
      const by = new Map(activity.models.map((m) => [m.name, m]));
      list.show(state.models.map((m) => ({ ...m, lately: by.has(m.name) ? brief({ ...by.get(m.name), problem: "" }) : "" })));
      none.replaceChildren(...(state.rows ? [] : [note("The project has no rows yet.")]));
    };
  },
};
