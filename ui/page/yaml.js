// The definition of a model as YAML, as it stands under models of sml_learn.
import { el } from "./dom.js";

const plain = /^[A-Za-z_][A-Za-z0-9_. -]*$/, words = /^(y|n|yes|no|on|off|true|false|null|~)$/i;

export function scalar(v) {
  if (typeof v !== "string") return JSON.stringify(v);
  return plain.test(v) && !words.test(v) && !/\s$/.test(v) ? v : JSON.stringify(v);
}

function value(v) {
  if (Array.isArray(v)) return "[" + v.map(value).join(", ") + "]";
  if (v !== null && typeof v === "object") return "{ " + Object.entries(v).map(([k, x]) => scalar(k) + ": " + value(x)).join(", ") + " }";
  return scalar(v);
}

// yamlOf writes the definition that a report begins with.
export function yamlOf(report) {
  const lines = [];
  for (const key of ["name", "type", "target", "inputs", "features", "options", "refresh"]) {
    const v = report[key];
    if (v === undefined || v === null || v === "" || Array.isArray(v) && !v.length || typeof v === "object" && !Array.isArray(v) && !Object.keys(v).length) continue;
    lines.push(key + ": " + value(v));
  }
  return "models:\n  - " + lines.join("\n    ") + "\n";
}

export function definition(report) {
  const text = yamlOf(report), said = el("span", { role: "status", class: "soft" }), copy = el("button", { type: "button" }, "Copy"), code = el("pre", { class: "yaml", tabindex: "0" }, text);
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = " Copied.";
    } catch { // where the page may not write to the clipboard
      getSelection().selectAllChildren(code);
      said.textContent = " Selected: copy it with the keyboard.";
    }
  });
  return el("div", { class: "definition" }, code, copy, said);
}
