// The frame of the page: which view is shown, and how often it is asked anew.
import { el, failure } from "./dom.js";
import { place, link, hand, frame } from "./state.js";
import { pulse } from "./now.js";
import { start } from "./view-start.js";
import { live } from "./view-live.js";
import { attributes } from "./view-attributes.js";
import { correlation } from "./view-correlation.js";
import { pair } from "./view-pair.js";
import { questions } from "./view-questions.js";
import { pca } from "./view-pca.js";
import { models } from "./view-models.js";
import { comparison } from "./view-compare.js";
import { anomalies } from "./view-anomalies.js";
import { incidents } from "./view-incidents.js";
import { drift } from "./view-drift.js";

const views = { live, attributes, correlation, bivariate: pair, tests: questions, pca, models, compare: comparison, anomalies, incidents, drift };

// A view is asked anew each second, and less often where that takes long: it has the
// server and the browser for a tenth of the time at most.
const refreshEvery = 1000; // milliseconds
const share = 10;

let current = null; // {project, view, update}
let asking = false, again = false, next = 0;

async function show() {
  const { project, view: name } = place(), main = document.getElementById("main"), nav = document.getElementById("nav");
  main.replaceChildren();
  nav.replaceChildren();
  document.getElementById("state").textContent = "";
  document.getElementById("pulse").textContent = "";
  document.getElementById("where").replaceChildren(...(project ? ["project ", el("b", {}, project)] : []));
  const view = project ? views[name] || live : start;
  if (project) {
    for (const [id, v] of Object.entries(views)) {
      nav.append(el("a", { href: link(project, id), "aria-current": v === view && "page" }, v.title));
    }
    nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }
  document.title = (project ? project + " · " + view.title + " · " : "") + "rpconnect-sml";
  const mine = { project, view, update: null };
  current = mine;
  main.append(el("h2", {}, view.title));
  const room = el("div", {}), waiting = el("p", { class: "soft waiting" }, "Asking the server…");
  main.append(room, waiting);
  try {
    const update = await view.open(room, project);
    if (mine !== current) return;
    mine.update = update;
    asking = false;
    next = 0;
    await tick();
    waiting.remove();
  } catch (error) {
    waiting.remove();
    if (mine === current) room.append(failure(error));
  }
}

// The place of the focus among its like, to find it again in what is drawn anew.
function focused() {
  const at = document.activeElement, main = document.getElementById("main");
  if (!at || !main.contains(at)) return null;
  const like = (e) => e.tagName === at.tagName && e.textContent === at.textContent && e.getAttribute("aria-label") === at.getAttribute("aria-label");
  const all = () => [...main.querySelectorAll(at.tagName)].filter(like), index = all().indexOf(at);
  return () => { if (!main.contains(at)) (all()[index] || all()[0])?.focus({ preventScroll: true }); };
}

async function tick() {
  const mine = current;
  if (!mine || document.hidden || hand.held || performance.now() < next) return;
  if (asking) { again = true; return; }
  asking = true;
  const state = document.getElementById("state"), began = performance.now();
  try {
    await pulse(mine.project);
    if (mine === current && mine.update) {
      const back = focused();
      await mine.update();
      back?.();
    }
    if (mine === current) state.textContent = "";
  } catch (error) {
    if (mine === current) state.textContent = error instanceof TypeError ? "The server does not answer; trying again." : error.message;
  } finally {
    if (mine === current) {
      asking = false;
      const took = performance.now() - began;
      next = took > refreshEvery / share ? performance.now() + Math.min(share * took, 30000) : 0;
      if (again) { again = false; next = 0; tick(); }
    }
  }
}

frame.anew = () => { next = 0; tick(); };
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});
addEventListener("hashchange", () => { show(); document.getElementById("main").focus(); });
setInterval(tick, refreshEvery);
show();
