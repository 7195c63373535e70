// Drift. One wants to know which attributes are no longer as they were, and how.
import { base, el, get, note, number } from "./dom.js";
import { link } from "./state.js";
import { now } from "./now.js";
import { bars } from "./chart.js";
import { longTable } from "./tables.js";

export const drift = {
  title: "Drift",
  async open(room, project) {
    const about = note();
    const list = longTable("drift", {
      what: "attributes", caption: "Drift", text: (r) => r.a.name,
      columns: [
        { title: "attribute", of: ({ a }) => el("a", { href: link(project, "attributes", { attribute: a.name }) }, a.name) },
        { title: "mean now", of: ({ u }) => u.mean }, { title: "mean before", of: ({ v }) => v.mean },
        { title: "shift, in std. dev.", of: ({ shift }) => el("td", { class: Math.abs(shift) > 0.5 ? "n alarm" : "n" }, number(shift)), sort: ({ shift }) => Math.abs(shift ?? 0), file: ({ shift }) => shift },
        { title: "std. dev. now / before", of: ({ spread }) => spread },
        { title: "now in front, history behind", fixed: true, of: ({ a, old }) => ({ show: bars(a.density.histogram, old.density.histogram), value: a.density.histogram.join(" ") }) },
      ],
    });
    room.append(about, list);
    list.hidden = true;
    return async () => {
      const live = now.live;
      if (!live) return;
      const recentPart = live.parts.find((p) => p !== "history");
      if (!recentPart || !live.parts.includes("history")) {
        about.replaceChildren("The project keeps no window beside its history. With ", el("code", {}, "window: { period: 1h, beside: true }"), ", or decay and beside: true, in sml_learn this page compares what is recent with all there was.");
        return;
      }
      const [recent, all] = await Promise.all([get(base(project) + "/summary", { part: recentPart, like: "history" }), get(base(project) + "/summary", { part: "history" })]);
      const before = new Map(all.attributes.map((a) => [a.name, a]));
      const rows = recent.attributes.filter((a) => a.density && before.get(a.name)?.density).map((a) => {
        const u = a.univariate, old = before.get(a.name), v = old.univariate;
        return { a, u, v, old, shift: v.stddev > 0 ? (u.mean - v.mean) / v.stddev : null, spread: v.stddev > 0 ? u.stddev / v.stddev : null };
      }).sort((x, y) => Math.abs(y.shift ?? 0) - Math.abs(x.shift ?? 0));
      about.textContent = "What is recent (" + recentPart + (rows.length ? ", " + number(rows[0].u.count) + " rows" : "") + ") against the whole history" + (rows.length ? " of " + number(rows[0].v.count) + " rows" : "") + ". Both histograms have the same axis.";
      list.hidden = false;
      list.show(rows);
    };
  },
};
