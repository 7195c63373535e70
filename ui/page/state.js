// What of a view is in its address: everything that one may want to send to another.
//
//   #/project/view?name=value

// place reads the address.
export function place() {
  const [path, search] = location.hash.replace(/^#\/?/, "").split("?");
  const [project, view] = path.split("/").map((part) => { try { return decodeURIComponent(part); } catch { return part; } });
  return { project: project || "", view: view || "", parameters: Object.fromEntries(new URLSearchParams(search || "")) };
}

// link is the address of a view.
export function link(project, view, parameters) {
  const set = Object.entries(parameters || {}).filter(([, v]) => v !== "" && v !== undefined && v !== null && v !== false);
  return "#/" + [project, view].filter(Boolean).map(encodeURIComponent).join("/") + (set.length ? "?" + new URLSearchParams(set) : "");
}

// keep puts parameters of the view into the address. The view stays as it is.
export function keep(parameters) {
  const now = place();
  history.replaceState(null, "", link(now.project, now.view, { ...now.parameters, ...parameters }));
}

// remember binds a field to a parameter of the address: it begins with what is there.
export function remember(field, name, change) {
  const given = place().parameters[name];
  if (given !== undefined) {
    if (field.type === "checkbox") field.checked = given === "1";
    else if (field.tagName !== "SELECT" || [...field.options].some((o) => o.value === given)) field.value = given;
  }
  const first = field.dataset.usual ?? "";
  const changed = () => {
    const value = field.type === "checkbox" ? (field.checked ? "1" : "") : field.value;
    keep({ [name]: value === first ? "" : value });
    if (change) change();
  };
  field.addEventListener(field.tagName === "SELECT" || field.type === "checkbox" ? "change" : "input", changed);
  return field;
}

// held is true while a pointer is down: what is dragged must not be drawn anew.
export const hand = { held: false };
addEventListener("pointerdown", () => { hand.held = true; });
for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, () => { hand.held = false; });

// anew lets the frame update the view at once; the frame sets it.
export const frame = { anew: () => {} };
