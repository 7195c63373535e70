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

// tree lists the first tree, each node below the one that it was split from.
function tree(f) {
  return el("div", {}, el("h4", {}, "The first tree"), note("Each line says how rows get there, and how many of each class have. " + f.classes.join(", ") + "."), el("ul", { class: "tree" }, node(f.tree, "all rows", f.classes)));
}

function node(n, way, classes) {
  const rows = n.rows.reduce((a, b) => a + b, 0), top = n.rows.indexOf(Math.max(...n.rows));
  const own = el("li", {}, el("span", {}, way + ": "), el("b", {}, rows > 0 ? classes[top] : "–"), el("span", { class: "soft" }, " " + n.rows.map((r) => number(r)).join(" / ")));
  if (n.input) {
    const by = n.among ? n.input + " is " + n.among.slice(0, 6).join(" or ") + (n.among.length > 6 ? " or " + (n.among.length - 6) + " more" : "") : n.input + " > " + number(n.above);
    const no = n.among ? n.input + " is another" : n.input + " ≤ " + number(n.above), gone = " or missing";
    own.append(el("ul", {}, node(n.then, by + (n.missing === "then" ? gone : ""), classes), node(n.else, no + (n.missing === "else" ? gone : ""), classes)));
  }
  return own;
}
