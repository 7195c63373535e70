// Pictures that the server draws.
import { ask, el } from "./dom.js";
import { plotTools } from "./export.js";

// picture shows a picture of the server; renew asks for it again without a gap.
export function picture(title) {
  const problem = el("p", { class: "error" }), place = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title });
  const box = el("figure", {}, el("figcaption", {}, el("span", {}, title), plotTools(title, () => place.querySelector("svg"))), place, problem);
  let last = "";
  box.renew = async (path, parameters) => {
    const response = await ask(path, parameters);
    if (!response.ok) {
      last = "";
      place.replaceChildren();
      let detail = response.statusText;
      try { detail = (await response.json()).detail || detail; } catch { /* no problem document */ }
      problem.textContent = detail;
      return;
    }
    problem.textContent = "";
    const text = await response.text();
    if (text === last) return;
    last = text;
    const drawn = document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
    drawn.classList.add("plot");
    place.replaceChildren(drawn);
  };
  return box;
}

