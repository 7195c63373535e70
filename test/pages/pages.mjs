// Opens every view of the page on a running demo and looks at what it shows.
//
//   node pages.mjs URL CHROMIUM FOLDER
//
// URL is that of the page, FOLDER is where the screenshots go. The exit code
// is 1 when anything is missing, the browser's console has an error, the page
// asks another host, or axe finds a serious violation.
import { chromium } from "playwright-core";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [url, executablePath, folder] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const failures = [];
const check = (ok, what) => { console.log((ok ? "ok    " : "FAILED ") + what); if (!ok) failures.push(what); };
const within = (promise) => promise.then(() => true, () => false);
const timeout = 10000;

async function open(options) {
  const page = await browser.newPage({ ...options, bypassCSP: true }); // for axe
  page.on("console", (m) => { if (m.type() === "error") failures.push("console: " + m.text() + " " + (m.location()?.url ?? "")); });
  page.on("pageerror", (e) => failures.push("script: " + e.message));
  page.on("request", (r) => { if (!r.url().startsWith(new URL(url).origin) && !r.url().startsWith("data:")) failures.push("asks " + r.url()); });
  return page;
}

const page = await open({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
const shot = (name, of = page) => of.screenshot({ path: folder + "/" + name + ".png" });
const visit = (view, of = page) => of.goto(url + "#/shuttle/" + view);
const field = (of, label) => of.locator("label", { hasText: new RegExp("^" + label) }).locator("select");
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
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const serious = found.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  check(serious.length === 0, what + ": axe finds nothing serious" + serious.map((v) => "; " + v.id + ": " + v.nodes[0].html.slice(0, 120)).join(""));
}

await page.goto(url);
const project = page.getByRole("link", { name: "shuttle", exact: true });
check(await within(project.waitFor({ timeout })), "the page opens on the project list");
await shot("projects");
await accessible("projects");
await project.click();
check(await within(page.getByRole("heading", { name: "Live", exact: true }).waitFor({ timeout })), "a project opens its live view");
check(await changes(".card b"), "live: the rows move by themselves");
check(await page.locator("tbody tr").count() >= 5, "live: shards and models");
await page.waitForTimeout(3000);
await shot("live");
await accessible("live");

await page.getByRole("link", { name: "Attributes", exact: true }).click();
await page.locator("svg.small").first().waitFor({ timeout });
check(await changes("tbody tr:first-child td:nth-child(4)"), "attributes: the counts move by themselves");
check(await page.locator("svg.small").count() === 9, "attributes: nine histograms");
check(await changes("svg.small"), "attributes: a histogram moves");
await page.getByRole("button", { name: "mean", exact: true }).click();
check(await within(page.locator("th[aria-sort=ascending]").waitFor({ timeout })), "attributes: sort by a column");
await page.getByRole("button", { name: "s9", exact: true }).click();
check(await plotted(), "attributes: the histogram of one");
await shot("attributes");
await accessible("attributes");
await page.getByLabel("filter", { exact: true }).fill("s1");
check(await within(page.waitForFunction(() => document.querySelectorAll("svg.small").length === 1, null, { timeout })), "attributes: filter by name");

for (const [view, title] of [["correlation", "heat map"], ["bivariate", "ellipses"], ["pca", "loadings"]]) {
  await visit(view);
  if (view === "bivariate") await field(page, "second").selectOption("s9");
  check(await plotted(), view + ": " + title);
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
check(await built.getByText("95 % interval").count() === 1, "models: intervals");
check(await built.getByText(/cross-validated, 5 folds/).count() === 1, "models: cross-validated quality");
const coefficients = await built.locator("tbody").first().locator("tr").count();
await shot("models");
await accessible("models");
await page.getByLabel("s4", { exact: true }).uncheck();
check(await within(page.waitForFunction((n) => document.querySelector("#built tbody").rows.length === n - 1, coefficients, { timeout })), "models: leaving an input out builds it again");
await field(page, "type").selectOption("ensemble");
check(await within(built.getByText("rows built from").waitFor({ timeout })), "models: an anomaly model");
await page.getByRole("button", { name: "hba1", exact: true }).click();
check(await within(page.getByRole("heading", { name: "hba1" }).waitFor({ timeout })), "models: what is known about a model of the project");

await visit("anomalies");
await field(page, "model").selectOption("hba1");
check(await plotted(), "anomalies: plot");
check(await changes("svg.plot"), "anomalies: the plot moves by itself");
check(await within(page.locator("#top tbody tr").nth(5).waitFor({ timeout })), "anomalies: the highest scores");
check(await page.locator("#top .why .bar").count() > 10, "anomalies: contributions");
check(await page.getByText("true anomaly by its label").count() === 1, "anomalies: true labels");
check(await page.getByText("99 %", { exact: true }).count() === 1, "anomalies: quantile bands");
await page.waitForTimeout(4000);
await shot("anomalies");
await accessible("anomalies");

await visit("drift");
check(await within(page.locator("svg.small rect.behind").first().waitFor({ timeout, state: "attached" })), "drift: what is recent against the history");
await shot("drift");
await accessible("drift");

const dark = await open({ viewport: { width: 1280, height: 900 }, colorScheme: "dark" });
for (const view of ["anomalies", "attributes", "models", "correlation"]) {
  await visit(view, dark);
  if (view === "anomalies") await field(dark, "model").selectOption("hba1");
  await dark.waitForTimeout(2000);
  await shot("dark-" + view, dark);
}
check(await dark.evaluate(() => getComputedStyle(document.body).backgroundColor) !== "rgb(255, 255, 255)", "dark when the system is");

const phone = await open({ viewport: { width: 390, height: 800 }, colorScheme: "light" });
for (const view of ["live", "attributes", "correlation", "bivariate", "tests", "pca", "models", "anomalies", "drift"]) {
  await visit(view, phone);
  await phone.waitForTimeout(1500);
  check(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "phone: " + view + " needs no scrolling sideways");
  await shot("phone-" + view, phone);
}

await visit("live");
await page.reload();
await page.getByRole("heading", { name: "Live", exact: true }).waitFor({ timeout });
await page.keyboard.press("Tab");
check(await page.evaluate(() => document.activeElement.className) === "skip", "keyboard: the first stop skips to the content");
await page.keyboard.press("Enter");
check(await page.evaluate(() => document.activeElement.id) === "main" && page.url().endsWith("/live"), "keyboard: it does, and stays in the view");
await page.keyboard.press("Shift+Tab");
const reached = [];
for (let i = 0; i < 12; i++) { reached.push(await page.evaluate(() => document.activeElement.textContent)); await page.keyboard.press("Shift+Tab"); }
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

await page.goto(url + "#/shuttle-nothing/live");
check(await within(page.getByText(/"shuttle-nothing"/).first().waitFor({ timeout })), "an unknown project says so: " + await page.locator(".error").first().textContent().catch(() => ""));
for (let i = failures.length - 1; i >= 0; i--) if (failures[i].startsWith("console:") && failures[i].includes("404")) failures.splice(i, 1);

await browser.close();
for (const f of failures) console.log("FAILED " + f);
console.log(failures.length ? failures.length + " failures" : "pages: all as expected");
process.exit(failures.length ? 1 : 0);
