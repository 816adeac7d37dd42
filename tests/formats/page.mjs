// The HTML report in a real Chromium, without a network: `node page.mjs REPORTS`. See `validate`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const reports = process.argv[2];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
let failed = 0;
const check = (name, fine, what, seen = "") => {
  failed += fine ? 0 : 1;
  console.log(`${fine ? "ok  " : "FAIL"} ${name}: ${what}${fine ? "" : ` ${JSON.stringify(seen)}`}`);
};

const profile = mkdtempSync(join(tmpdir(), "plimsoll-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: flags, offline: true,
});
const noted = [];
const open = async (name, { width = 1280, height = 1000, scheme = "light" } = {}) => {
  const page = await context.newPage();
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme });
  page.on("console", (message) => noted.push(message.text()));
  page.on("pageerror", (error) => noted.push(String(error)));
  page.on("dialog", (dialog) => { noted.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => { if (!request.url().startsWith("file:")) noted.push(request.url()); });
  await page.goto(`file://${join(reports, name)}`);
  return page;
};
const visible = (page) => page.locator("article:visible").count();
const told = (page) => page.textContent("#shown");
const search = async (page, words) => { await page.fill("#q", words); await page.waitForTimeout(200); };

const hostile = async () => {
  const name = "awkward.html";
  const page = await open(name);
  const foreign = await page.evaluate(() => document.querySelectorAll("img, iframe, object, script:not(:last-of-type)").length);
  check(name, foreign === 0, "no element out of a manifest", foreign);
  check(name, (await page.locator("article").count()) === 7, "every finding, the silenced one too");
  await page.selectOption("#group", "object");
  const groups = await page.locator("details.group h2").allTextContents();
  check(name, groups.includes("Pod \"><script>alert(2)</script>'"), "grouped by object, names as they are", groups);
  const tried = await page.evaluate(() => {
    const image = document.createElement("div");
    image.innerHTML = "<img src=x onerror=\"document.title='taken'\">";
    document.body.append(image);
    return new Promise((done) => setTimeout(() => done(document.title), 200));
  });
  check(name, tried !== "taken", "the policy would stop a script that got in", tried);
  noted.length = 0;
  await page.close();
};

const filters = async (name) => {
  const page = await open(name);
  const all = await page.locator("article").count();
  check(name, (await visible(page)) === all && (await told(page)) === `All ${all} shown`, `${all} findings are shown`);
  const severity = await page.locator("input[name=severity]").first().getAttribute("value");
  const of = await page.locator(`article[data-severity=${severity}]`).count();
  await page.uncheck(`input[value=${severity}]`);
  check(name, (await visible(page)) === all - of, `${severity} is filtered out`, await told(page));
  await page.click("button[type=reset]");
  await page.waitForTimeout(100);
  check(name, (await visible(page)) === all, "and back with Clear");
  const word = await page.locator("article").first().getAttribute("data-rule");
  await search(page, `${word.toUpperCase()} :`);
  const hits = await page.locator("article:visible").allTextContents();
  const fits = hits.every((text) => text.includes(word));
  check(name, hits.length > 0 && hits.length < all && fits, `the search finds ${hits.length}`);
  await search(page, "no such word anywhere");
  check(name, (await visible(page)) === 0 && (await page.isVisible("#none")), "and says when there is none");
  await search(page, "");
  const rule = await page.locator("#by-rule option").nth(1).getAttribute("value");
  await page.selectOption("#by-rule", rule);
  const ruled = await page.locator("article:visible").evaluateAll((nodes) => nodes.map((node) => node.dataset.rule));
  check(name, ruled.length > 0 && ruled.every((own) => own === rule), `the rule ${rule} alone`);
  await page.selectOption("#by-rule", "");
  for (const by of ["object", "rule", "severity", "file"]) {
    await page.selectOption("#group", by);
    const mixed = await page.locator("details.group").evaluateAll((nodes, by) => nodes.filter((node) =>
      new Set([...node.querySelectorAll("article")].map((item) => item.dataset[by])).size > 1).length, by);
    check(name, mixed === 0 && (await visible(page)) === all, `grouped by ${by}`, mixed);
  }
  await page.locator("h1").click();
  await page.keyboard.press("/");
  check(name, await page.evaluate(() => document.activeElement.id === "q"), "/ goes to the search");
  await page.locator("article a[href^='#rule-']").first().click();
  // The page hears of its new address a moment later.
  await page.locator("details.rule[open]").first().waitFor({ timeout: 5000 }).catch(() => {});
  check(name, (await page.locator("details.rule[open]").count()) === 1, "a rule's name opens what it says");
  await page.close();
};

const looks = async (name) => {
  const paper = [];
  for (const scheme of ["light", "dark"]) {
    for (const [shape, width] of [["wide", 1280], ["narrow", 380]]) {
      const page = await open(name, { width, scheme });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      check(name, over <= 0, `${scheme} and ${shape}: nothing sticks out`, over);
      await page.screenshot({ path: join(reports, `${name}-${scheme}-${shape}.png`) });
      if (shape === "wide") paper.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      const seen = violations.map((it) => `${it.id}: ${it.nodes[0].html.slice(0, 120)} ${it.nodes[0].any[0]?.message ?? ""}`);
      check(name, violations.length === 0, `${scheme} and ${shape}: axe finds nothing`, seen);
      await page.close();
    }
  }
  check(name, paper[0] !== paper[1], "light and dark differ", paper);
};

const large = async (name) => {
  let start = performance.now();
  const page = await open(name);
  await page.waitForSelector("#tools:not([hidden])");
  const loaded = performance.now() - start;
  const all = await page.locator("article").count();
  check(name, all >= 10000 && loaded < 8000, `${all} findings are there after ${Math.round(loaded)} ms`, loaded);
  for (const [what, act] of [
    ["searched", () => page.evaluate(() => new Promise((done) => {
      const input = document.getElementById("q");
      input.value = "p50-5";
      input.dispatchEvent(new Event("input", { bubbles: true }));
      setTimeout(() => requestAnimationFrame(done), 121);
    }))],
    ["grouped", () => page.selectOption("#group", "rule")],
  ]) {
    start = performance.now();
    await act();
    const took = performance.now() - start;
    check(name, took < 3000, `${what} in ${Math.round(took)} ms`, took);
  }
  check(name, (await visible(page)) > 0 && (await visible(page)) < 100, await told(page));
  await page.close();
};

const withoutScript = async (name) => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
  const page = await (await browser.newContext({ javaScriptEnabled: false, offline: true })).newPage();
  await page.goto(`file://${join(reports, name)}`);
  const shown = await page.locator("article").first().isVisible();
  check(name, shown && !(await page.locator("#tools").isVisible()), "whole without scripts, and without dead filters");
  await browser.close();
};

await hostile();
for (const name of ["testdata.html", "corpus.html"].filter((name) => existsSync(join(reports, name)))) {
  await filters(name);
  await looks(name);
}
await looks("awkward.html");
await large("many.html");
await withoutScript("testdata.html");
const empty = await open("empty.html");
check("empty.html", (await empty.textContent("main")).includes("Nothing to report."), "says that there is nothing");
check("every page", noted.length === 0, "no request, no dialog, no word in the console", noted.slice(0, 5));
await context.close();
rmSync(profile, { recursive: true, force: true });
process.exit(failed > 0 ? 1 : 0);
