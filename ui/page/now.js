// What the last answer of live said of the project that is shown, and the rows per
// second of the last minute.
import { base, get, number, seconds } from "./dom.js";

export const now = { project: "", live: null, rates: [], changed: new Map() };

export async function pulse(project) {
  if (!project) return;
  if (now.project !== project) Object.assign(now, { project, live: null, rates: [], changed: new Map() });
  const live = await get(base(project) + "/live"), at = performance.now();
  if (now.project !== project) return;
  now.live = live;
  now.rates.push(live.rows_per_second);
  if (now.rates.length > 60) now.rates.shift();
  for (const s of live.shards) {
    const before = now.changed.get(s.id);
    if (!before || before.rows !== s.rows) now.changed.set(s.id, { rows: s.rows, at });
  }
  document.getElementById("pulse").replaceChildren(number(live.rows) + " rows · " + number(Math.round(live.rows_per_second)) + " rows/s · " + seconds(live.staleness) + " old");
}
