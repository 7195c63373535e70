// What is known about the trees of a forest: importance of inputs, and the first tree.
import { bar, card, el, note, number } from "./dom.js";
import { table } from "./tables.js";

// forest shows the trees that were grown side by side; mostly that is one forest.
export function forest(f, many) {
  const all = [...f.importance].sort((a, b) => b.importance - a.importance), most = Math.max(1e-300, ...all.map((i) => i.importance));
  const shown = all.slice(0, 40);
  const parts = [el("div", { class: "cards" }, card(number(f.rows), "rows counted"), card(number(f.nodes), "nodes"), card(number(f.depth), "splits deep"), ...(many ? [card(number(f.share), "share of a prediction")] : []))];
  parts.push(el("div", { class: "sides" }, el("div", {}, table(["input", "importance", ""], shown.map((i) => [i.input, i.importance, bar(i.importance / most, 8)]), "Importance of the inputs"),
    shown.length < all.length ? note("The first 40 of " + all.length + ".") : ""), f.tree ? tree(f) : ""));
  return parts;
}

// tree lists one tree, each node below the one that it was split from.
function tree(f) {
  const says = f.classes ? "how many of each class have. " + f.classes.join(", ") + "." : "the mean there, its deviation, how many rows do, and what a unit of an input adds.";
  return el("div", {}, el("h4", {}, f.classes ? "The first tree" : "The tree that counts most"), note("Each line says how rows get there, and " + says), el("ul", { class: "tree" }, node(f.tree, "all rows", f.classes)));
}

// counted says which classes the rows of a node have, or which numbers.
function counted(n, classes) {
  if (!classes) {
    const terms = [...(n.terms || [])].sort((a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient)).slice(0, 3).map((t) => " " + (t.coefficient < 0 ? "−" : "+") + " " + number(Math.abs(t.coefficient)) + " " + t.input).join("");
    return [el("b", {}, n.mean === undefined ? "–" : number(n.mean)), el("span", { class: "soft" }, (n.deviation === undefined ? "" : " ± " + number(n.deviation)) + ", " + number(n.rows[0]) + " rows" + (terms ? ";" + terms : ""))];
  }
  const rows = n.rows.reduce((a, b) => a + b, 0), top = n.rows.indexOf(Math.max(...n.rows));
  return [el("b", {}, rows > 0 ? classes[top] : "–"), el("span", { class: "soft" }, " " + n.rows.map((r) => number(r)).join(" / "))];
}

function node(n, way, classes) {
  const own = el("li", {}, el("span", {}, way + ": "), ...counted(n, classes));
  if (n.input) {
    const by = n.among ? n.input + " is " + n.among.slice(0, 6).join(" or ") + (n.among.length > 6 ? " or " + (n.among.length - 6) + " more" : "") : n.input + " > " + number(n.above);
    const no = n.among ? n.input + " is another" : n.input + " ≤ " + number(n.above), gone = " or missing";
    own.append(el("ul", {}, node(n.then, by + (n.missing === "then" ? gone : ""), classes), node(n.else, no + (n.missing === "else" ? gone : ""), classes)));
  }
  return own;
}
