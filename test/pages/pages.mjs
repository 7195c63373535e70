// Opens every view of the page on a running demo and looks at what it shows.
//
//   node pages.mjs URL CHROMIUM FOLDER WIDE
//
// URL is that of the page on the demo, WIDE that on a project of 300 attributes and 100
// models (wide.mjs), FOLDER is where the screenshots go. The exit code
// is 1 when anything is missing, the browser's console has an error, the page
// asks another host, or axe finds a serious violation.
import { chromium } from "playwright-core";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [url, executablePath, folder, wide] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const failures = [];
const check = (ok, what) => { console.log((ok ? "ok    " : "FAILED ") + what); if (!ok) failures.push(what); };
const within = (promise) => promise.then(() => true, () => false);
const timeout = 20000;

async function open(options) {
  const page = await browser.newPage({ ...options, bypassCSP: true }); // for axe
  page.setDefaultNavigationTimeout(120000); // a machine that others use too is slow, not wrong
  page.on("console", (m) => { if (m.type() === "error") failures.push("console: " + m.text() + " " + (m.location()?.url ?? "")); });
  page.on("pageerror", (e) => failures.push("script: " + e.message));
  page.on("request", (r) => { if (![url, wide].some((u) => r.url().startsWith(new URL(u).origin)) && !/^(data|blob):/.test(r.url())) failures.push("asks " + r.url()); });
  return page;
}

const page = await open({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
const shot = (name, of = page) => of.screenshot({ path: folder + "/" + name + ".png" });
const visit = async (view, of = page) => { await of.goto("about:blank"); await of.goto(url + "#/shuttle/" + view); };
const field = (of, label) => of.locator("label", { hasText: new RegExp("^" + label) }).locator("select");
// settles waits until what is asked of the page holds: a live view is drawn anew all the time.
async function settles(holds) {
  for (const until = Date.now() + timeout; Date.now() < until; await page.waitForTimeout(50)) if (await holds()) return true;
  return false;
}
const plotted = (of = page) => within(of.locator("svg.plot").first().waitFor({ timeout }));
// changes waits until the text of a place is another one, without a reload.
async function changes(selector, of = page) {
  const place = of.locator(selector).first();
  await place.waitFor({ timeout });
  const before = await place.innerHTML();
  return within(of.waitForFunction(([s, old]) => { const now = document.querySelector(s); return now && now.innerHTML !== old; }, [selector, before], { timeout }));
}
async function accessible(what) {
  if (!await page.evaluate(() => "axe" in window)) await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] })); // of what is on the page now
  const serious = found.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  check(serious.length === 0, what + ": axe finds nothing serious" + serious.map((v) => "; " + v.id + ": " + v.nodes[0].html.slice(0, 120)).join(""));
}

// saves presses a button of a file and looks at the file.
async function saves(what, button, test, of = page) {
  const [file] = await Promise.all([of.waitForEvent("download", { timeout }).catch(() => null), button.click()]);
  const text = file ? readFileSync(await file.path()) : Buffer.alloc(0);
  check(text.length > 0 && test(text, file.suggestedFilename()), what + (file ? ": " + file.suggestedFilename() + ", " + text.length + " bytes" : ""));
}

await page.goto(url);
const project = page.getByRole("link", { name: "shuttle", exact: true });
check(await within(project.waitFor({ timeout })), "the page opens on the project list");
check(await within(page.locator("svg.spark").waitFor({ timeout })), "start: rows per second of the last minutes");
check(await within(page.locator("#alarms tbody tr").first().waitFor({ timeout })), "start: alarms of the last hour");
check(await settles(async () => await page.locator("ul.brief").getByText(/% anomalies/).count() === 1), "start: a model and how it does");
await shot("projects");
await accessible("projects");
await page.locator("#alarms tbody a").first().click();
check(await within(page.getByRole("button", { name: "Show all" }).waitFor({ timeout })), "start: an alarm leads to its scores");
await page.goto(url);
await project.click();
check(await within(page.getByRole("heading", { name: "Live", exact: true }).waitFor({ timeout })), "a project opens its live view");
check(await changes(".card b"), "live: the rows move by themselves");
check(await plotted() && await settles(async () => await page.locator("tbody tr").count() >= 5), "live: rates, shards and models");
await shot("live");
await accessible("live");

await page.getByRole("link", { name: "Attributes", exact: true }).click();
await page.locator("svg.small").first().waitFor({ timeout });
check(await changes("tbody tr:first-child td:nth-child(4)"), "attributes: the counts move by themselves");
check(await settles(async () => await page.locator("svg.small").count() === 9), "attributes: nine histograms");
check(await changes("svg.small"), "attributes: a histogram moves");
await page.getByRole("button", { name: "mean", exact: true }).click();
check(await within(page.locator("th[aria-sort=ascending]").waitFor({ timeout })), "attributes: sort by a column");
await page.getByRole("button", { name: "s9", exact: true }).click();
check(await plotted(page.locator("#attribute")), "attributes: the histogram of one");
check(await within(page.locator("#attribute").getByText(/^continuous: /).first().waitFor({ timeout })), "attributes: what settled the type of one");
check(await within(page.locator("#attribute").getByText("s9 over time").first().waitFor({ timeout })), "attributes: one over the steps of the window");
check(await settles(async () => await page.locator("#attribute").getByText("99 %", { exact: true }).count() === 1), "attributes: the quantiles of one");
await shot("attributes");
await accessible("attributes");
await saves("a table as CSV", page.locator("main .above button.tool").first(), (text) => String(text).startsWith("attribute,type,distribution,count") && String(text).trim().split("\r\n").length === 10);
await saves("a plot as SVG", page.locator("#attribute button", { hasText: "SVG" }).first(), (text) => String(text).startsWith("<svg"));
await saves("a plot as PNG", page.locator("#attribute button", { hasText: "PNG" }).first(), (text) => text.subarray(1, 4).toString() === "PNG");
const shared = page.url();
await page.getByLabel("search attributes").fill("s1");
check(await within(page.waitForFunction(() => document.querySelectorAll("svg.small").length === 1, null, { timeout })), "attributes: search by name");
await page.goto("about:blank");
await page.goto(shared);
check(await plotted(page.locator("#attribute")) && await settles(async () => await page.locator("th[aria-sort=ascending]").count() === 1), "an address that is sent shows the same: " + shared.split("#")[1]);

for (const [view, title] of [["correlation", "heat map"], ["bivariate", "joint density"], ["pca", "loadings"]]) {
  await visit(view);
  if (view === "bivariate") await field(page, "second").selectOption("s9");
  check(await plotted(), view + ": " + title);
  if (view === "bivariate") check(await settles(async () => await page.locator("svg.plot rect.heat").count() > 20), "bivariate: cells of the joint density");
  await page.locator("table").first().waitFor({ timeout });
  await shot(view);
  await accessible(view);
}

await visit("tests");
for (const [question, fields, answer] of [
  ["ttest", { versus: "s3" }, "difference"], ["ztest", { versus: "s3" }, "z"], ["ftest", { versus: "s3" }, "f"],
  ["anova", { attributes: "s1, s3, s7" }, "f"], ["vif", {}, "vif"], ["partial_correlation", { b: "s9", given: "s7" }, "correlation"],
]) {
  await field(page, "question").selectOption(question);
  for (const [name, value] of Object.entries(fields)) {
    const input = page.locator("[name=" + name + "]");
    if (await input.evaluate((e) => e.tagName) === "SELECT") await input.selectOption(value); else await input.fill(value);
  }
  await page.getByRole("button", { name: "Ask" }).click();
  const found = await within(page.locator("#answer").getByText(answer, { exact: true }).first().waitFor({ timeout }));
  check(found, "tests: " + question + " has an answer" + (found ? "" : ": " + (await page.locator("#answer").innerText()).slice(0, 200)));
  if (question === "anova") { await shot("tests"); await accessible("tests"); }
}
await field(page, "question").selectOption("chi2");
await page.getByRole("button", { name: "Ask" }).click();
const refused = await page.locator("#answer .error").textContent({ timeout }).catch(() => "");
check(refused.includes("s1"), "tests: what does not fit is named: " + refused);
const expected = failures.findLastIndex((f) => f.startsWith("console:") && f.includes("400"));
if (expected >= 0) failures.splice(expected, 1); // the browser tells of the refusal, as it should

await visit("models");
await field(page, "type").selectOption("ols");
await field(page, "target").selectOption("s9");
await page.getByRole("button", { name: "Build", exact: true }).click();
const built = page.locator("#built");
check(await within(built.getByText("Coefficients of s9").waitFor({ timeout })), "models: builds, with coefficients");
check(await settles(async () => await built.getByText("95 % interval").count() === 1 && await built.locator("svg.plot").count() === 1), "models: intervals, drawn as well");
check(await settles(async () => await built.getByText(/cross-validated, 5 folds/).count() === 1), "models: cross-validated quality");
const coefficients = await built.locator("tbody").first().locator("tr").count();
await shot("models");
await accessible("models");
await page.getByLabel("s4", { exact: true }).uncheck();
check(await within(page.waitForFunction((n) => document.querySelector("#built tbody").rows.length === n - 1, coefficients, { timeout })), "models: leaving an input out builds it again");
await page.locator("#built").getByRole("link", { name: "Look into page" }).click();
const answer = page.locator("#whatif #answer .card b").first();
check(await within(answer.waitFor({ timeout })), "model: predicts by hand");
const predicted = await answer.textContent();
await page.getByLabel("s5, exactly").fill("-100");
await page.getByLabel("s5, exactly").press("Enter");
check(await within(page.waitForFunction((old) => document.querySelector("#whatif #answer .card b")?.textContent !== old, predicted, { timeout })), "model: another value, another answer");
check(await within(page.locator("#whatif").getByText("What each changed input does").waitFor({ timeout })), "model: what the change does");
check((await page.locator("pre.yaml").textContent()).startsWith("models:\n  - name: page\n    type: ols\n    target: s9\n"), "model: its definition as YAML");
await shot("model");
await accessible("model");
await visit("compare");
check(await plotted(), "compare: models on one axis");

await visit("anomalies");
await field(page, "model").selectOption("hba1");
check(await plotted(), "anomalies: plot");
check(await changes("svg.brushed"), "anomalies: the plot moves by itself");
check(await within(page.locator("#top tbody tr").nth(5).waitFor({ timeout })), "anomalies: the highest scores");
check(await settles(async () => await page.locator("#top .why .bar").count() > 10), "anomalies: contributions");
check(await settles(async () => await page.getByText("true anomaly by its label").count() === 1), "anomalies: true labels");
check(await settles(async () => await page.getByText("99 %", { exact: true }).count() === 1), "anomalies: quantile bands");
check(await within(page.getByText(/Rate of anomalies: [1-9]/).waitFor({ timeout })), "anomalies: their rate over time");
const box = await page.locator("svg.brushed").boundingBox();
await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
await page.mouse.down();
await page.mouse.move(box.x + box.width * 0.75, box.y + box.height / 2, { steps: 5 });
await page.mouse.up();
check(await within(page.getByRole("button", { name: "Show all" }).waitFor({ timeout })) && /from=\d+&to=\d+/.test(page.url()), "anomalies: dragging zooms, and the address says so");
await page.locator("svg.brushed").focus();
await page.keyboard.press("Escape");
check(await within(page.getByRole("button", { name: "Show all" }).waitFor({ state: "hidden", timeout })), "anomalies: Escape shows all again");
await page.locator("svg.brushed").focus();
await page.keyboard.press("ArrowLeft");
check(await within(page.locator("#row").getByText("Values and contributions").waitFor({ timeout })), "anomalies: a row with its contributions, by the keyboard");
await page.locator("#top tbody button").nth(2).click();
check(await within(page.locator("#row").getByText("Values and contributions").waitFor({ timeout })) && /row=/.test(page.url()), "anomalies: and by a click");
await page.getByLabel("because of the attribute").fill("s3");
await shot("anomalies");
await accessible("anomalies");

await visit("drift");
check(await settles(async () => /^[▲○] (\d of 9 attributes ha(s|ve) changed: |Nothing has changed in 9 attributes)/.test(await page.locator(".verdict").textContent().catch(() => ""))), "drift: a verdict on a stream that goes on: " + await page.locator(".verdict").textContent());
check(await page.locator("main table").first().locator("tbody tr").count() === 9, "drift: a row for each attribute");
check((await page.locator("main optgroup").evaluateAll((all) => all.map((g) => g.label + " " + g.children.length))).join() === "of this project 5,rows of a shard 4,of this project 5,rows of a shard 4", "drift: states to choose from");
await field(page, "what is compared").selectOption("shard:shuttle-sensor/0");
check(await settles(async () => / differ|No difference/.test(await page.locator(".verdict").textContent())), "drift: a shard against the others: " + await page.locator(".verdict").textContent());

// Projects of rows that are drawn here: one that changes, one that keeps one set of statistics.
const writes = url.replace(/sml\/$/, "sml-write/") + "projects/";
let drawn = 1;
const uniform = () => { drawn = (drawn * 48271) % 2147483647; return drawn / 2147483647; }; // Park and Miller
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
const plant = Array.from({ length: 1500 }, (_, i) => ({ temp: 20 + (i >= 1200 ? 3 : 0) + normal(), flow: 5 + normal(), mode: (i >= 1200 ? ["auto", "manual", "service"] : ["auto", "auto", "idle"])[Math.floor(3 * uniform())], level: normal(), on: uniform() < 0.3 }));
for (const [name, kept, rows] of [["plant", { window: { rows: 300, tiles: 10, beside: true } }, plant], ["single", { folds: 2 }, plant.slice(0, 200)]]) {
  const made = await page.request.post(writes + name + "/create", { data: kept }), learns = await page.request.post(writes + name + "/learn", { data: rows });
  check(made.ok() && learns.ok(), "drift: project " + name + " learns rows over REST");
}
const compare = async (address, of = page) => { await of.goto("about:blank"); await of.goto(url + "#/" + address); };
const says = (text, of = page) => settles(async () => (await of.locator(".verdict").textContent().catch(() => "")).includes(text));
await compare("plant/drift");
check(await says("2 of 5 attributes have changed: ") && /: (temp, mode|mode, temp)$/.test(await page.locator(".verdict").textContent()), "drift: what has changed: " + await page.locator(".verdict").textContent());
check(await page.getByText("▲ changed", { exact: true }).count() === 2 && await page.getByText("○ as before", { exact: true }).count() === 3, "drift: a mark for each attribute");
check(await settles(async () => await page.getByText(/^window \(\d+ rows\) against earlier \([\d,]+ rows\)\. Rows that follow each other count as dependent/).count() === 1), "drift: what was compared, and that rows count as dependent");
check((await page.locator(".gauge").evaluateAll((all) => all.map((g) => Math.abs(g.querySelector(".bar").offsetWidth / g.querySelector(".track").offsetWidth - Number(g.firstChild.textContent))))).every((off) => off < 0.03), "drift: a bar is as long as the effect");
check(await page.locator("tr", { hasText: "mode" }).getByText(/new: service \(/).count() === 1, "drift: a new value is named");
await page.locator("main tbody tr", { hasText: "temp" }).locator("td").nth(3).click();
check(await within(page.locator("#attribute").getByText("Anderson–Darling").waitFor({ timeout })) && page.url().includes("attribute=temp"), "drift: a click on a row opens it, and the address says so");
check(await page.locator("#attribute svg.plot rect.fill").count() > 10 && await page.locator("#attribute svg.plot path.second").count() === 1, "drift: both distributions on one axis");
for (const text of ["Wasserstein distance", "Jensen–Shannon", "PSI", "In bits: 0 for equal distributions, 1 for two without a common value."]) check(await page.locator("#attribute").getByText(text, { exact: true }).count() === 1, "drift: of the effects: " + text);
await shot("drift");
await accessible("drift");
await page.getByRole("button", { name: "mode", exact: true }).click();
check(await within(page.locator("#attribute").getByText("Values of mode that only window has").waitFor({ timeout })) && await settles(async () => await page.locator("#attribute svg.plot rect.fill").count() === 8), "drift: the shares of a category in both states");
await shot("drift-category");
await page.getByLabel("min_effect").fill("0.99");
check(await says("Nothing has changed in 5 attributes") && await page.getByText("△ small", { exact: true }).count() === 2, "drift: a least effect turns the verdict");
await page.getByLabel("alpha").fill("2");
check(await within(page.getByText("alpha is 2, want a number above 0 and below 1").waitFor({ timeout })), "drift: a value that does not fit is named");
await compare("plant/drift?part=window&reference=history");
check(await within(page.getByText(/^The history has the rows of the window too/).waitFor({ timeout })), "drift: states that share rows");
await compare("plant/drift?part=project:single&reference=earlier");
check(await says(" differ"), "drift: another project: " + await page.locator(".verdict").textContent());
await page.route("**/explore/drift**", async (route) => { const told = await (await route.fetch()).json(); await route.fulfill({ json: { ...told, joint: { p: 1e-20, tests: [{ test: "of_all", statistic: 12.5, p: 1e-20 }], parts: [{ attribute: "temp", share: 0.75 }] } } }); });
await compare("plant/drift");
check(await within(page.locator("#joint").getByText("of_all").first().waitFor({ timeout })) && await page.locator("#joint").getByText("temp", { exact: true }).count() === 1, "drift: tests of all attributes together");
await page.unroute("**/explore/drift**");
await compare("single/drift");
check(await says("There is nothing to compare with yet.") && await page.getByText("window: { period: 1h, beside: true }").count() === 1, "drift: one set of statistics: what to set");
await shot("drift-single");
await accessible("drift of one set");

const dark = await open({ viewport: { width: 1280, height: 900 }, colorScheme: "dark" });
for (const view of ["anomalies", "attributes?attribute=s9", "models?model=page", "correlation", "bivariate?b=s9", "compare"]) {
  await visit(view, dark);
  await plotted(dark);
  await shot("dark-" + view.split("?")[0], dark);
}
await compare("plant/drift?attribute=temp", dark);
await plotted(dark);
await shot("dark-drift", dark);
check(await dark.evaluate(() => getComputedStyle(document.body).backgroundColor) !== "rgb(255, 255, 255)", "dark when the system is");

const phone = await open({ viewport: { width: 390, height: 800 }, colorScheme: "light" });
for (const view of ["live", "attributes", "correlation", "bivariate", "tests", "pca", "models?model=page", "compare", "anomalies", "drift"]) {
  await visit(view, phone);
  await within(phone.locator("main table, main svg, main form").first().waitFor({ timeout }));
  await phone.waitForTimeout(800);
  check(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "phone: " + view + " needs no scrolling sideways");
  await shot("phone-" + view.split("?")[0], phone);
}

await compare("plant/drift?attribute=mode", phone);
await plotted(phone);
check(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "phone: drift of an attribute needs no scrolling sideways");
await shot("phone-drift-attribute", phone);

await visit("live");
await page.reload();
await page.getByRole("heading", { name: "Live", exact: true }).waitFor({ timeout });
await page.keyboard.press("Tab");
check(await page.evaluate(() => document.activeElement.className) === "skip", "keyboard: the first stop skips to the content");
await page.keyboard.press("Enter");
check(await page.evaluate(() => document.activeElement.id) === "main" && page.url().endsWith("/live"), "keyboard: it does, and stays in the view");
await page.keyboard.press("Shift+Tab");
const reached = [];
for (let i = 0; i < 14; i++) { reached.push(await page.evaluate(() => document.activeElement.textContent)); await page.keyboard.press("Shift+Tab"); }
check(["Live", "Attributes", "Drift"].every((t) => reached.includes(t)), "keyboard: all views");

// An attribute whose name is markup, and one that is a long one.
const evil = "<img src=x onerror=alert(1)>";
const learned = await page.request.post(url.replace(/sml\/$/, "sml-write/") + "projects/shuttle/learn", { data: [{ [evil]: 1.5, ["very_".repeat(20) + "long"]: 2.5 }, { [evil]: 3.5 }] });
check(learned.ok(), "learns rows over REST");
let dialogs = 0;
page.on("dialog", (d) => { dialogs++; d.dismiss(); });
await visit("attributes");
check(await within(page.getByRole("button", { name: evil, exact: true }).waitFor({ timeout })), "markup in the name of an attribute is shown as text");
for (const view of ["correlation", "pca", "models", "bivariate", "tests"]) { await visit(view); await page.waitForTimeout(1200); }
check(dialogs === 0 && await page.locator("main img").count() === 0, "and runs nowhere");
await shot("markup");

// 300 attributes and 100 models: everything is found, and nothing freezes.
await page.goto("about:blank");
const longest = () => page.evaluate(() => window.longTasks ?? 0);
await page.addInitScript(() => { window.longTasks = 0; new PerformanceObserver((l) => { for (const e of l.getEntries()) window.longTasks = Math.max(window.longTasks, e.duration); }).observe({ type: "longtask", buffered: true }); });
const freeze = 1000; // milliseconds of one task that would be felt as one
for (const [view, what, there] of [
  ["live", "live", () => page.locator(".pager").getByText("100 models").first()], ["attributes?attribute=a009&by=quality", "attributes", () => page.locator("#attribute").getByText("a009 by quality").first()],
  ["correlation", "correlation", () => page.locator("svg.plot").first()], ["bivariate?a=a008&b=a016&by=line", "bivariate", () => page.locator("svg.plot rect.c1").first()],
  ["pca", "pca", () => page.locator("svg.plot").first()], ["models", "models", () => page.locator("main a", { hasText: "output_00" }).first()],
  ["models?model=quality_05", "class", () => page.locator("figure", { hasText: "ROC of" }).first()], ["models?model=output_04", "number", () => page.locator("figure", { hasText: "predicted against actual" }).first()],
  ["compare", "compare", () => page.locator("svg.plot").first()], ["anomalies", "anomalies", () => page.locator("svg.plot").first()], ["drift?attribute=a150", "drift", () => page.locator("#attribute svg.plot path.second")],
  ["incidents", "incidents", () => page.locator("td.why .bar").first()],
]) {
  await page.goto("about:blank");
  await page.goto(wide + "#/wide/" + view);
  check(await within(there().waitFor({ timeout: 2 * timeout, state: "attached" })), "wide: " + view);
  await page.waitForTimeout(500);
  await shot("wide-" + what);
  check(await longest() < freeze, "wide: " + what + ": the longest task took " + Math.round(await longest()) + " ms");
  if (["attributes", "models", "class", "number", "bivariate", "incidents"].includes(what)) await accessible("wide " + what);
}
await page.goto("about:blank");
await page.goto(wide + "#/wide/models?model=quality_05");
for (const text of ["ROC of", "Precision and recall of", "Gain of", "Calibration of", "Confusion matrix", "Accuracy in steps"]) check(await within(page.locator("figcaption", { hasText: text }).first().waitFor({ timeout })), "a classifier: " + text);
await page.goto("about:blank");
await page.goto(wide + "#/wide/models?model=quality_97");
check(await within(page.getByRole("heading", { name: "Members over time" }).waitFor({ timeout: 2 * timeout })), "wide: a pool tells its members over time");
check(await settles(async () => await page.getByRole("img", { name: /^Weights of the members|^What predictions have cost/ }).count() === 2), "wide: weights and losses of the members of a pool");
check(await settles(async () => await page.locator("table", { hasText: "mean log loss" }).locator("tbody tr").count() === 4), "wide: a row for each of the 4 members");
await page.getByRole("heading", { name: "Members over time" }).scrollIntoViewIfNeeded();
await shot("wide-members");
await accessible("wide: members of a pool");
await page.goto(wide + "#/wide/models?model=output_04");
for (const text of ["predicted against actual", "residual against prediction", "residuals", "RMSE in steps", "Coefficients"]) check(await within(page.locator("figcaption", { hasText: text }).first().waitFor({ timeout })), "a regression: " + text);
await page.goto("about:blank");
await page.goto(wide + "#/wide/attributes");
await page.getByLabel("next page").click();
check(await within(page.getByText(/page 2 of 12, 300 attributes/).waitFor({ timeout })) && await settles(async () => page.url().includes("attributes_page=2")), "wide: pages of attributes");
await page.getByLabel("search attributes").fill("a29");
check(await within(page.getByText("a296", { exact: true }).waitFor({ timeout })), "wide: search among 300 attributes");

await page.goto(url + "#/shuttle-nothing/live");
check(await within(page.getByText(/"shuttle-nothing"/).first().waitFor({ timeout })), "an unknown project says so: " + await page.locator(".error").first().textContent().catch(() => ""));
for (let i = failures.length - 1; i >= 0; i--) if (failures[i].startsWith("console:") && failures[i].includes("404")) failures.splice(i, 1);

await browser.close();
for (const f of failures) console.log("FAILED " + f);
console.log(failures.length ? failures.length + " failures" : "pages: all as expected");
process.exit(failures.length ? 1 : 0);
