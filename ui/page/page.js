"use strict";
// The frame of the page: which view is shown, and how often it is asked anew.
// Text of data goes into the page as text only (textContent), never as HTML.

const refreshEvery = 1000; // milliseconds

let current = null; // {project, view, update}
let asking = false;

async function show() {
  const [, project, name] = location.hash.split("/").map(decodeURIComponent);
  const main = document.getElementById("main");
  const nav = document.getElementById("nav");
  main.replaceChildren();
  nav.replaceChildren();
  document.getElementById("where").textContent = project ? "project " + project : "projects";
  const view = project ? (views[name] || views.live) : projectList;
  if (project) {
    for (const [id, v] of Object.entries(views)) {
      const link = el("a", { href: "#/" + encodeURIComponent(project) + "/" + id }, v.title);
      if (v === view) link.setAttribute("aria-current", "page");
      nav.append(link);
    }
  }
  document.title = (project ? project + " · " + view.title + " · " : "") + "rpconnect-sml";
  const mine = { project, update: null };
  current = mine;
  main.append(el("h2", {}, view.title));
  const room = el("div", {});
  main.append(room);
  try {
    mine.update = await view.open(room, project);
    await tick();
  } catch (error) {
    room.append(el("p", { class: "error" }, error.message));
  }
}

async function tick() {
  const mine = current;
  if (!mine || !mine.update || asking || document.hidden) return;
  asking = true;
  const state = document.getElementById("state");
  try {
    await mine.update();
    state.textContent = "";
  } catch (error) {
    if (mine === current) state.textContent = error.message;
  } finally {
    asking = false;
  }
}

addEventListener("hashchange", () => { show(); document.getElementById("main").focus(); });
setInterval(tick, refreshEvery);
show();
