// Incidents. One wants to see what is wrong now, since when, how bad it is and because of
// what, and how many alarms one did not have to look at.
import { bar, base, card, choose, el, get, inert, note, number, percent, seconds } from "./dom.js";
import { frame, remember } from "./state.js";
import { longTable, table } from "./tables.js";

const moment = (at) => new Date(at).toISOString().replace("T", " ").replace(/\.\d+Z$/, "").replace("Z", "");
const lasted = (one) => (Date.parse(one.closed || one.last_alarm) - Date.parse(one.first_alarm)) / 1000;
const blamed = (one) => one.blame.map((b) => b.attribute + " " + percent(b.share)).join("; ");
const reasons = { rows: "rows without an alarm", quiet: "time without an alarm", max_duration: "longest duration", max_keys: "too many keys" };

// because shows the attributes to blame in a line.
function because(one) {
  return el("td", { class: "why text" }, ...one.blame.slice(0, 4).map((b) => el("span", {}, b.attribute + " " + percent(b.share), bar(b.share, 4, number(b.sum)))));
}

function detail(one, close) {
  const back = el("button", { type: "button", class: "tool" }, "close");
  back.addEventListener("click", close);
  const facts = [["id", one.id], ["state", one.state + (one.reason ? ", by " + reasons[one.reason] : "")], ["shard", one.shard], ["first alarm", moment(one.first_alarm)], ["opened", moment(one.opened)], ["last alarm", moment(one.last_alarm)], ["closed", one.closed ? moment(one.closed) : "–"], ["rows", one.rows], ["alarms", one.alarms], ["suppressed after it opened", one.suppressed]];
  if (one.peak) facts.push(["highest score", one.peak.score], ["its time", moment(one.peak.time)], ["its position", one.peak.position]);
  return el("div", { class: "panel" }, el("h3", {}, "Incident of " + (one.key || one.name) + " ", back),
    el("div", { class: "sides" }, table(["what", "value"], facts, "Facts"), one.blame.length ? table(["attribute", "sum", "share", ""], one.blame.map((b) => [b.attribute, b.sum, { show: percent(b.share), value: b.share }, bar(b.share, 8)]), "Attributes to blame") : note("Nothing says which attributes are to blame: set blame of sml_incidents.")));
}

export const incidents = {
  title: "Incidents",
  async open(room, project) {
    const first = await get(base(project) + "/incidents", { limit: 1 });
    if (!first.names.length) {
      room.append(note("The project has no incidents. The processor sml_incidents groups the alarms of sml_score, sml_threshold or any other verdict: it opens one incident after several alarms, and closes it after rows or time without one."));
      return null;
    }
    const name = choose("name", [["", "all"], ...first.names.map((n) => [n.name, n.name])], ""), which = choose("state", [["any", "open and closed"], ["open", "open"], ["closed", "closed"]], "any");
    which.select.dataset.usual = "any";
    for (const [field, key] of [[name.select, "name"], [which.select, "state"]]) remember(field, key, () => frame.anew());
    const cards = el("div", { class: "cards" }), chosen = el("section", { id: "incident", "aria-live": "polite" });
    let selected = "", drawn = "", all = [];
    function select(id) {
      selected = id;
      const one = all.find((x) => x.id === id), text = JSON.stringify(one) || "";
      if (text === drawn) return;
      drawn = text;
      chosen.replaceChildren(...(one ? [detail(one, () => select(""))] : []));
    }
    const list = longTable("incidents", {
      what: "incidents", caption: "Incidents", text: (one) => [one.key, one.name, one.id, blamed(one)].join(" "), none: "There has been no incident yet.",
      columns: [
        { title: "key", of: (one) => { const b = el("button", { type: "button", class: "link" }, one.key || one.name); b.addEventListener("click", () => select(one.id)); return { show: b, value: one.key }; } },
        { title: "name", of: (one) => one.name },
        { title: "state", of: (one) => ({ show: el("span", { class: one.state === "open" ? "alarm" : "soft" }, one.state), value: one.state }) },
        { title: "since, UTC", of: (one) => ({ show: moment(one.first_alarm), value: one.first_alarm }) },
        { title: "lasted", of: (one) => ({ show: seconds(lasted(one)), value: lasted(one) }) },
        { title: "alarms", of: (one) => one.alarms }, { title: "suppressed", of: (one) => one.suppressed },
        { title: "peak", of: (one) => one.peak ? one.peak.score : null },
        { title: "because of", fixed: true, of: (one) => ({ show: because(one), value: blamed(one) }) },
      ],
    });
    room.append(inert(el("form", {}, name.field, which.field)), cards, chosen, list);
    return async () => {
      const answer = await get(base(project) + "/incidents", { name: name.select.value, state: which.select.value, limit: 200 });
      const names = answer.names.filter((n) => !name.select.value || n.name === name.select.value), sum = (key) => names.reduce((s, n) => s + n[key], 0);
      cards.replaceChildren(card(number(sum("open")), "open now"), card(number(sum("opened")), "incidents so far"), card(number(sum("alarms")), "alarms in them and beside them"), card(number(sum("rows")), "rows"));
      all = answer.incidents;
      for (const one of all) one.selected = one.id === selected;
      list.show(all);
      if (selected) select(selected);
    };
  },
};
