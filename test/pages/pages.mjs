// Opens every view of the page on a running demo and looks at what it shows.
//
//   node pages.mjs URL CHROMIUM FOLDER
//
// URL is that of the page, FOLDER is where the screenshots go. The exit code
// is 1 when anything is missing, or the browser's console has an error.
import { chromium } from "playwright-core";
import { mkdirSync } from "node:fs";

const [url, executablePath, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const failures = [];
const check = (ok, what) => { console.log((ok ? "ok    " : "FAILED ") + what); if (!ok) failures.push(what); };

async function open(options) {
  const page = await browser.newPage(options);
  page.on("console", (m) => { if (m.type() === "error") failures.push("console: " + m.text()); });
  page.on("pageerror", (e) => failures.push("script: " + e.message));
  return page;
}

const page = await open({ viewport: { width: 1200, height: 900 }, colorScheme: "light" });
const shot = (name) => page.screenshot({ path: folder + "/" + name + ".png" });
const visit = (view) => page.goto(url + "#/shuttle/" + view);

await page.goto(url);
await page.getByRole("link", { name: "shuttle", exact: true }).waitFor();
await shot("projects");
check(true, "project list");

await visit("live");
const rows = page.locator(".card b").first();
await rows.waitFor();
const before = await rows.textContent();
let moved = true;
await page.waitForFunction((old) => document.querySelector(".card b")?.textContent !== old, before, { timeout: 8000 }).catch(() => { moved = false; });
check(moved, "live view updates by itself");
await shot("live");

await visit("attributes");
await page.locator("svg.small").first().waitFor();
const cell = async () => page.locator("tbody tr:first-child td:nth-child(4)").textContent();
const count = await cell();
await page.waitForTimeout(2500);
check(await cell() !== count, "attributes update by themselves");
check(await page.locator("svg.small").count() === 9, "nine histograms");
await shot("attributes");

for (const view of ["correlation", "bivariate", "pca"]) {
  await visit(view);
  if (view === "bivariate") await page.locator("select").nth(1).selectOption("s9");
  await page.waitForFunction(() => document.querySelector("img.plot")?.naturalWidth > 0, null, { timeout: 8000 }).catch(() => {});
  await page.waitForTimeout(1200);
  check(await page.evaluate(() => document.querySelector("img.plot")?.naturalWidth > 0), view + " has a plot");
  await shot(view);
}

await visit("tests");
await page.locator("form").waitFor();
await page.locator("select[name=versus]").selectOption("s3");
await page.getByRole("button", { name: "Ask" }).click();
await page.getByText("difference", { exact: true }).waitFor({ timeout: 5000 }).catch(() => failures.push("t-test has no answer"));
await shot("tests");
check(await page.getByText("difference", { exact: true }).count() > 0, "t-test answers");

await visit("models");
await page.locator("#builder").waitFor();
await page.locator("select").first().selectOption("hba");
await page.getByRole("button", { name: "Build", exact: true }).click();
await page.getByText(/Built from/).waitFor({ timeout: 5000 }).catch(() => {});
check(await page.getByText(/Built from/).count() === 1, "builds a model");
await shot("models");

await visit("anomalies");
await page.waitForFunction(() => document.querySelector("img.plot")?.naturalWidth > 0, null, { timeout: 8000 }).catch(() => {});
await page.locator("#top tbody tr").first().waitFor({ timeout: 5000 }).catch(() => {});
check(await page.evaluate(() => document.querySelector("img.plot")?.naturalWidth > 0), "anomaly plot");
check(await page.locator("#top tbody tr").count() > 0, "highest scores");
await shot("anomalies");

await visit("drift");
await page.getByText(/keeps no window/).waitFor({ timeout: 5000 }).catch(() => failures.push("drift says nothing"));

const phone = await open({ viewport: { width: 390, height: 800 }, colorScheme: "dark" });
for (const view of ["anomalies", "attributes"]) {
  await phone.goto(url + "#/shuttle/" + view);
  await phone.waitForTimeout(1500);
  check(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), view + " fits a phone");
  await phone.screenshot({ path: folder + "/phone-" + view + ".png" });
}
await phone.reload();
await phone.keyboard.press("Tab");
check(await phone.evaluate(() => document.activeElement.tagName === "A"), "the keyboard reaches a link");

await browser.close();
for (const f of failures) console.log("FAILED " + f);
process.exit(failures.length ? 1 : 0);
