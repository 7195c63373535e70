"use strict";
// The views, one object each: open builds it and returns what updates it.

// What the last answer of live said of the project that is shown, and the rows
// per second of the last minute.
const now = { project: "", live: null, rates: [], changed: new Map() };

async function pulse(project) {
  if (!project) return;
  if (now.project !== project) Object.assign(now, { project, live: null, rates: [], changed: new Map() });
  const live = await get(base(project) + "/live"), at = performance.now();
  if (now.project !== project) return;
  now.live = live;
  now.rates.push(live.rows_per_second);
  if (now.rates.length > 60) now.rates.shift();
  for (const s of live.shards) {
    const before = now.changed.get(s.id);
    if (!before || before.rows !== s.rows) now.changed.set(s.id, { rows: s.rows, at });
  }
  document.getElementById("pulse").replaceChildren(number(live.rows) + " rows · " + number(Math.round(live.rows_per_second)) + " rows/s · " + seconds(live.staleness) + " old");
}

const projectList = {
  title: "Projects",
  async open(room) {
    return async () => {
      const names = (await get("projects")).map((p) => p.project || p);
      const rows = await Promise.all(names.map(async (name) => {
        const link = el("a", { href: "#/" + encodeURIComponent(name) + "/live" }, name);
        try {
          const live = await get(base(name) + "/live");
          return [link, live.rows, Math.round(live.rows_per_second), live.shards.length, live.models.map((m) => m.name).join(", "), live.learning ? "learning" : "read only"];
        } catch (error) { return [link, null, null, null, error.message, ""]; }
      }));
      if (room.contains(document.activeElement)) return;
      room.replaceChildren(names.length ? table(["project", "rows", "rows/s", "shards", "models", "this process"], rows)
        : el("p", {}, "No project is open in this process, and the cache that it was given has none. A project begins with the first row of sml_learn."));
    };
  },
};

const views = {};

// forgetButton takes away what a shard has added, once the question is answered.
function forgetButton(project, shard, said) {
  const button = el("button", { type: "button", title: "Takes away what this shard has added to the project" }, "Forget…");
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

views.live = {
  title: "Live",
  async open(room, project) {
    const said = el("p", { class: "soft", "aria-live": "polite" });
    return async () => {
      const live = now.live;
      if (!live) return;
      const card = (v, text, ...more) => el("div", { class: "card" }, el("b", {}, v), el("span", {}, text), ...more);
      const most = Math.max(1, ...live.shards.map((s) => s.rows)), at = performance.now();
      const idle = (s) => (at - now.changed.get(s.id).at) / 1000;
      room.replaceChildren(
        el("div", { class: "cards" }, card(number(live.rows), "rows"), card(number(Math.round(live.rows_per_second)), "rows per second"),
          card(seconds(live.staleness), "age of the statistics"), card(number(live.shards.length), "shards"), card(number(live.models.length), "models")),
        el("h3", {}, "Rows per second, the last minute"), spark(now.rates),
        el("h3", {}, "Shards"), live.shards.length ? table(["shard", "rows", "", "last row", "version", "learned", ""],
          live.shards.map((s) => [s.id, s.rows, el("span", { class: "bar", style: "width:" + (6 * s.rows / most) + "rem" }), idle(s) < 1.5 ? "now" : seconds(idle(s)) + " ago", s.version, s.live ? "by this process" : "elsewhere", s.rows > 0 ? forgetButton(project, s, said) : ""])) : el("p", { class: "soft" }, "No shard has any rows yet."), said,
        el("h3", {}, "Models"), live.models.length ? table(["model", "type", "target", "built from", "versions", "problem"],
          live.models.map((m) => [m.name, m.type, m.target || "–", m.built_from || null, (m.versions || []).map((v) => v === m.serves ? v + " (serves)" : v).join(", ") || "–", m.error || ""])) : el("p", { class: "soft" }, "No models are defined. The page Models builds one."));
    };
  },
};

views.attributes = {
  title: "Attributes",
  async open(room, project) {
    const state = { by: "", down: false, picked: "" };
    const filter = el("input", { type: "search", placeholder: "part of a name" });
    const list = el("div", {}), detail = el("div", {}), picture = plot(), heading = el("h3", {}), numbers = el("div", {});
    detail.append(heading, el("div", { class: "sides" }, picture, numbers));
    detail.hidden = true;
    const key = el("input", { type: "search", placeholder: "all" });
    const ofKey = el("label", { hidden: true }, "of the key", key), weight = el("p", { class: "soft", hidden: true });
    room.append(el("form", {}, el("label", {}, "filter", filter), ofKey), weight, list, detail);
    key.addEventListener("change", () => tick());
    room.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
    filter.addEventListener("input", () => tick());
    const columns = [["attribute", "name"], ["type", "type"], ["distribution"], ["count", "count"], ["missing", "missing"], ["mean", "mean"],
      ["std. dev.", "stddev"], ["min", "min"], ["median", "median"], ["max", "max"], ["skewness", "skewness"]];
    const value = (a, key) => key in a ? a[key] : a.univariate ? a.univariate[key] : undefined;
    const change = (key) => { state.down = state.by === key && !state.down; state.by = key; draw(); };
    let all = null;
    function draw() {
      let rows = all.attributes.filter((a) => a.name.toLowerCase().includes(filter.value.toLowerCase()));
      if (state.by) {
        rows = [...rows].sort((a, b) => {
          const x = value(a, state.by) ?? -Infinity, y = value(b, state.by) ?? -Infinity;
          return (x < y ? -1 : x > y ? 1 : 0) * (state.down ? -1 : 1);
        });
      }
      const focused = document.activeElement?.dataset?.key;
      const head = el("tr", {}, ...columns.map(([title, key], i) => {
        const button = key ? el("button", { type: "button", "data-key": "by " + key }, title) : title;
        if (key) button.addEventListener("click", () => change(key));
        return el("th", { scope: "col", class: i > 2 && "n", "aria-sort": key && state.by === key ? (state.down ? "descending" : "ascending") : undefined }, button);
      }));
      const body = rows.map((a) => {
        const u = a.univariate || {};
        const shape = a.density ? bars(a.density.histogram) : u.values ? bars(Object.values(u.values).slice(0, 24)) : "";
        const name = el("button", { class: "link", type: "button", "data-key": "of " + a.name }, a.name);
        name.addEventListener("click", () => { state.picked = state.picked === a.name ? "" : a.name; tick(); });
        return el("tr", { "aria-selected": state.picked === a.name && "true" }, el("td", {}, name), ...[a.type, shape, u.count, u.missing, u.mean, u.stddev, u.min, u.median, u.max, u.skewness].map(cell));
      });
      list.replaceChildren(el("div", { class: "scroll" }, el("table", {}, el("thead", {}, head), el("tbody", {}, ...body))));
      if (rows.length === 0) list.append(el("p", { class: "soft" }, all.attributes.length ? "No attribute has that in its name." : "Nothing has been learned yet."));
      if (all.left_out) list.append(el("p", { class: "soft" }, number(all.left_out) + " more attributes are not shown."));
      if (focused) list.querySelector("[data-key=" + CSS.escape(focused) + "]")?.focus();
    }
    return async () => {
      ofKey.hidden = !now.live?.keyed;
      const part = key.value ? "key:" + key.value : undefined;
      all = await get(base(project) + "/summary", { part });
      weight.hidden = !part;
      weight.textContent = number(all.rows) + " rows of " + key.value + ".";
      draw();
      const a = all.attributes.find((x) => x.name === state.picked);
      detail.hidden = !a;
      if (!a) return;
      heading.textContent = a.name;
      picture.hidden = !a.density;
      if (a.density) await picture.renew(base(project) + "/plots/histogram", { attribute: a.name, part });
      numbers.replaceChildren(a.error ? el("p", { class: "error" }, a.error) : render(a.univariate));
    };
  },
};

views.correlation = {
  title: "Correlation",
  async open(room, project) {
    const picture = plot(), list = el("div", {});
    room.append(el("p", { class: "soft" }, "Pearson's correlation of each two numeric attributes, from the rows that have both."), el("div", { class: "sides" }, picture, list));
    return async () => {
      await picture.renew(base(project) + "/plots/correlation");
      const m = await get(base(project) + "/explore/correlation_matrix");
      const found = [];
      m.attributes.forEach((a, i) => m.attributes.slice(0, i).forEach((b, j) => { if (m.values[i][j] !== null) found.push([b, a, m.values[i][j]]); }));
      found.sort((x, y) => Math.abs(y[2]) - Math.abs(x[2]));
      list.replaceChildren(table(["attribute", "and", "correlation", ""], found.slice(0, 12).map(([a, b, r]) =>
        [a, b, r, el("span", { class: r < 0 ? "bar minus" : "bar", style: "width:" + 5 * Math.abs(r) + "rem" })]), "The strongest"));
    };
  },
};

views.bivariate = {
  title: "Two attributes",
  async open(room, project) {
    const info = await get(base(project)), names = learnedNames(info);
    if (names.length < 2) { room.append(el("p", {}, "The project has fewer than two attributes.")); return null; }
    const a = choose("first", names, names[0]), b = choose("second", names, names[1]);
    const picture = plot(), numbers = el("div", {});
    room.append(el("form", {}, a.field, b.field), el("div", { class: "sides" }, picture, numbers));
    for (const s of [a.select, b.select]) s.addEventListener("change", () => tick());
    return async () => {
      const asked = { a: a.select.value, b: b.select.value };
      const both = numeric(info).includes(asked.a) && numeric(info).includes(asked.b) && asked.a !== asked.b;
      picture.hidden = !both;
      if (both) await picture.renew(base(project) + "/plots/bivariate", asked);
      numbers.replaceChildren(render(await get(base(project) + "/explore/bivariate", asked)));
    };
  },
};

// correlated drops attributes from a matrix, those with the most gaps first,
// until each two have a correlation.
function correlated(m) {
  const keep = new Set(m.attributes.keys()), without = [];
  for (;;) {
    let worst = -1, most = 0;
    for (const i of keep) {
      const gaps = [...keep].filter((j) => m.values[i][j] === null).length;
      if (gaps > most) { worst = i; most = gaps; }
    }
    if (worst < 0) return { names: [...keep].map((i) => m.attributes[i]), without };
    keep.delete(worst);
    without.push(m.attributes[worst]);
  }
}

views.tests = { title: "Tests and questions", open: (room, project) => openQuestions(room, project) };

views.pca = {
  title: "PCA",
  async open(room, project) {
    const picture = plot(), numbers = el("div", {}), left = el("p", { class: "soft" });
    room.append(el("p", { class: "soft" }, "Principal components of the numeric attributes, each scaled to a standard deviation of 1. The plot has the loadings of the first two."), left, el("div", { class: "sides" }, picture, numbers));
    return async () => {
      const usable = correlated(await get(base(project) + "/explore/correlation_matrix"));
      left.textContent = usable.without.length ? "Without " + usable.without.join(", ") + ", of which too few rows have the others as well, or which do not vary." : "";
      const asked = { attributes: usable.without.length ? JSON.stringify(usable.names) : "" };
      if (usable.names.length < 2) { numbers.replaceChildren(el("p", {}, "There are fewer than two attributes that vary together.")); return; }
      await picture.renew(base(project) + "/plots/pca", asked);
      const pca = await get(base(project) + "/explore/pca", asked);
      numbers.replaceChildren(table(["component", "variance", "share", "", "so far"], pca.components.map((c, i) =>
        [i + 1, c.variance, el("td", { class: "n" }, percent(c.share)), el("span", { class: "bar", style: "width:" + 6 * c.share + "rem" }), el("td", { class: "n" }, percent(c.cumulative))])));
    };
  },
};

views.models = { title: "Models", open: (room, project) => openModels(room, project) };

views.anomalies = {
  title: "Anomalies",
  async open(room, project) {
    const [models, types] = await Promise.all([get(base(project) + "/models"), get("types")]);
    const anomaly = new Set(types.filter((t) => t.role === "anomaly").map((t) => t.type));
    const names = models.filter((m) => anomaly.has(m.type)).map((m) => m.name);
    if (!names.length) { room.append(el("p", {}, "The project has no anomaly model. Define one under models of sml_learn, or on the page Models.")); return null; }
    const pick = choose("model", names, names[0]);
    const label = el("input", { value: "class" }), usual = el("input", { value: "1", size: 6 });
    const picture = plot(), top = el("div", { id: "top" });
    room.append(el("form", {}, pick.field, el("label", {}, "field with the true label", label), el("label", {}, "its usual value", usual)), picture, el("h3", {}, "Highest scores"), top);
    room.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
    pick.select.addEventListener("change", () => tick());
    return async () => {
      const path = base(project) + "/models/" + encodeURIComponent(pick.select.value);
      const scores = await get(path + "/scores", { label: label.value, recent: 1 });
      picture.hidden = scores.recent.length === 0;
      if (!picture.hidden) await picture.renew(path + "/plot", { label: label.value, usual: usual.value });
      const most = Math.max(1e-300, ...scores.top.map((s) => s.score));
      const labelled = scores.top.some((s) => s.label !== undefined);
      top.replaceChildren(scores.top.length ? table(["time", "score", "", ...(labelled ? ["label"] : []), "among all scores", "what made it so"], scores.top.map((s) => {
        const why = Object.entries(s.result.contributions || {}).sort((x, y) => Math.abs(y[1]) - Math.abs(x[1])).slice(0, 4).map(([name, v]) => el("span", {},
          name + " = " + (s.document && name in s.document ? number(s.document[name]) : "?"),
          el("span", { class: v < 0 ? "bar minus" : "bar", style: "width:" + Math.min(8, 8 * Math.abs(v) / most) + "rem", title: number(v) })));
        return [new Date(s.at).toLocaleTimeString("en", { hour12: false }), s.score, el("span", { class: "bar", style: "width:" + 4 * s.score / most + "rem" }),
          ...(labelled ? [s.label === undefined ? "–" : String(s.label)] : []),
          el("td", { class: "n" }, s.result.quantile === undefined ? "–" : percent(s.result.quantile)), el("td", { class: "why text" }, ...why)];
      })) : el("p", { class: "soft" }, "This process has given no score with the model yet: sml_score does, for each row that passes."));
    };
  },
};

views.drift = {
  title: "Drift",
  async open(room, project) {
    return async () => {
      const live = now.live;
      if (!live) return;
      const recentPart = live.parts.find((p) => p !== "history");
      if (!recentPart || !live.parts.includes("history")) {
        room.replaceChildren(el("p", {}, "The project keeps no window beside its history. With window or decay and beside: true in sml_learn, this page compares what is recent with all there was."));
        return;
      }
      const [recent, all] = await Promise.all([get(base(project) + "/summary", { part: recentPart, like: "history" }), get(base(project) + "/summary", { part: "history" })]);
      const before = new Map(all.attributes.map((a) => [a.name, a]));
      const rows = recent.attributes.filter((a) => a.density && before.get(a.name)?.density).map((a) => {
        const u = a.univariate, v = before.get(a.name).univariate;
        return { a, u, v, shift: v.stddev > 0 ? (u.mean - v.mean) / v.stddev : null, spread: v.stddev > 0 ? u.stddev / v.stddev : null };
      }).sort((x, y) => Math.abs(y.shift ?? 0) - Math.abs(x.shift ?? 0));
      const counted = rows.length ? rows[0] : null;
      room.replaceChildren(
        el("p", { class: "soft" }, "What is recent (" + recentPart + (counted ? ", " + number(counted.u.count) + " rows" : "") + ") against the whole history" + (counted ? " of " + number(counted.v.count) + " rows" : "") + ". Both histograms have the same axis."),
        table(["attribute", "mean now", "mean before", "shift, in std. dev.", "std. dev. now / before", "now in front, history behind"],
          rows.map(({ a, u, v, shift, spread }) => [a.name, u.mean, v.mean, el("td", { class: Math.abs(shift) > 0.5 ? "n alarm" : "n" }, number(shift)), spread, bars(a.density.histogram, before.get(a.name).density.histogram)])));
    };
  },
};
