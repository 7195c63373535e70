"use strict";
// The frame of the page: which view is shown, and how often it is asked anew.

const refreshEvery = 1000; // milliseconds

let current = null; // {project, view, update}
let asking = false;
let again = false; // asked for while asking

async function show() {
  const [, project, name] = location.hash.split("/").map(decodeURIComponent);
  const main = document.getElementById("main");
  const nav = document.getElementById("nav");
  main.replaceChildren();
  nav.replaceChildren();
  document.getElementById("state").textContent = "";
  document.getElementById("pulse").textContent = "";
  document.getElementById("where").replaceChildren(...(project ? ["project ", el("b", {}, project)] : []));
  const view = project ? (views[name] || views.live) : projectList;
  if (project) {
    for (const [id, v] of Object.entries(views)) {
      const link = el("a", { href: "#/" + encodeURIComponent(project) + "/" + id }, v.title);
      if (v === view) link.setAttribute("aria-current", "page");
      nav.append(link);
    }
  }
  document.title = (project ? project + " · " + view.title + " · " : "") + "rpconnect-sml";
  const mine = { project, view, update: null };
  current = mine;
  main.append(el("h2", {}, view.title));
  const room = el("div", {});
  main.append(room);
  try {
    const update = await view.open(room, project);
    if (mine !== current) return;
    mine.update = update;
    asking = false;
    await tick();
  } catch (error) {
    room.append(el("p", { class: "error" }, error.message));
  }
}

async function tick() {
  const mine = current;
  if (!mine || document.hidden) return;
  if (asking) { again = true; return; }
  asking = true;
  const state = document.getElementById("state");
  try {
    await pulse(mine.project);
    if (mine === current && mine.update) await mine.update();
    if (mine === current) state.textContent = "";
  } catch (error) {
    if (mine === current) state.textContent = error instanceof TypeError ? "The server does not answer; trying again." : error.message;
  } finally {
    if (mine === current) {
      asking = false;
      if (again) { again = false; tick(); }
    }
  }
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});
addEventListener("hashchange", () => { show(); document.getElementById("main").focus(); });
setInterval(tick, refreshEvery);
show();
