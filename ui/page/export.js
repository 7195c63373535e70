// Files of what is shown: tables as CSV, plots as SVG and PNG.
import { el } from "./dom.js";

function save(name, blob) {
  const address = URL.createObjectURL(blob);
  const a = el("a", { href: address, download: name });
  document.body.append(a);
  a.click();
  a.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

export const fileName = (title) => (title || "export").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 80) || "export";

// csv writes rows by RFC 4180. A text that a spreadsheet would take for a formula
// begins with an apostrophe.
export function csv(head, rows) {
  const field = (v) => {
    let text = v === null || v === undefined ? "" : String(v);
    if (typeof v !== "number" && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
    return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  };
  return [head, ...rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

export const saveCSV = (name, head, rows) => save(fileName(name) + ".csv", new Blob([csv(head, rows)], { type: "text/csv;charset=utf-8" }));

const styles = ["color", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "opacity", "font-size", "font-weight", "font-family", "text-anchor", "visibility"];

// standing returns a plot with the styles that the page gives it.
function standing(svg) {
  const out = svg.cloneNode(true), from = [svg, ...svg.querySelectorAll("*")], to = [out, ...out.querySelectorAll("*")];
  from.forEach((node, i) => {
    const style = getComputedStyle(node);
    for (const name of styles) to[i].style.setProperty(name, style.getPropertyValue(name));
  });
  const box = svg.viewBox.baseVal;
  out.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  out.setAttribute("width", box.width);
  out.setAttribute("height", box.height);
  for (const gone of out.querySelectorAll(".handle, style")) gone.remove();
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [k, v] of Object.entries({ x: box.x, y: box.y, width: box.width, height: box.height, fill: getComputedStyle(document.body).backgroundColor })) ground.setAttribute(k, v);
  out.prepend(ground);
  return { text: new XMLSerializer().serializeToString(out), width: box.width, height: box.height };
}

export const saveSVG = (name, svg) => save(fileName(name) + ".svg", new Blob([standing(svg).text], { type: "image/svg+xml" }));

// savePNG draws the plot at twice its size.
export async function savePNG(name, svg) {
  const { text, width, height } = standing(svg), picture = new Image();
  picture.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
  await picture.decode();
  const canvas = el("canvas", { width: 2 * width, height: 2 * height });
  canvas.getContext("2d").drawImage(picture, 0, 0, 2 * width, 2 * height);
  canvas.toBlob((blob) => save(fileName(name) + ".png", blob), "image/png");
}

const tool = (text, title, act) => {
  const button = el("button", { type: "button", class: "tool", title, "aria-label": title }, text);
  button.addEventListener("click", act);
  return button;
};

// plotTools are the buttons below a plot; svg finds it when they are pressed.
export const plotTools = (name, svg) => el("span", { class: "tools" },
  tool("SVG", "Save the plot as SVG: " + name, () => saveSVG(name, svg())), tool("PNG", "Save the plot as PNG: " + name, () => savePNG(name, svg())));

// tableTool is the button of a table.
export const tableTool = (name, head, rows) => el("span", { class: "tools" }, tool("CSV", "Save the table as CSV: " + name, () => saveCSV(name, head, rows())));
