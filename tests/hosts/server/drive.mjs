// Opens the task pane of a running xlwings Server in a headless Chromium, over the stand-in for Office.js, and calls
// custom functions through the page's own JavaScript.
//
//   node drive.mjs CHROMIUM ADDRESS RUNTIME
//
// In, a line each: {"function": "JUNITS", "arguments": [[["meropenem"]], [["1 g"]], null]}, arguments as Excel hands
// them over. Out: {"value": rows of cells} or {"error": "#VALUE!", "message": ...}, with the seconds that it took.
import fs from "node:fs";
import readline from "node:readline";
import { chromium } from "playwright-core";

const [executablePath, address, runtime] = process.argv.slice(2);
const standIn = fs.readFileSync(new URL("office.js", import.meta.url), "utf8");
const say = (told) => process.stdout.write(JSON.stringify(told) + "\n");

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
});
try {
  const page = await browser.newPage();
  const failures = [];
  const elsewhere = [];
  page.on("pageerror", (error) => failures.push(String(error)));
  page.on("requestfailed", (request) => failures.push(`${request.url()}: ${request.failure().errorText}`));
  page.on("response", (response) => { if (response.status() >= 400) failures.push(`${response.url()}: ${response.status()}`); });
  await page.addInitScript((version) => { globalThis.customFunctionsRuntime = version; }, runtime);
  await page.route("**/*", (route) => {
    const url = route.request().url();
    if (!url.startsWith(address)) elsewhere.push(url);
    return url.endsWith("/office.js") ? route.fulfill({ contentType: "text/javascript", body: standIn }) : route.continue();
  });
  await page.goto(`${address}/taskpane.html`, { waitUntil: "load" });
  await page.evaluate(async () => {
    globalThis.metadata = await (await fetch("/xlwings/custom-functions-meta.json")).json();
  });
  say({
    functions: await page.evaluate(() => metadata.functions.length),
    text: await page.evaluate(() => document.body.innerText),
    links: await page.evaluate(() => [...document.links].map((one) => one.href)),
    failures, elsewhere, version: browser.version(),
  });
  failures.length = 0;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const call = JSON.parse(line);
    const start = performance.now();
    try {
      const answer = await page.evaluate(
        ({ function: name, arguments: given }) => calculate(metadata, name, given), call,
      );
      say({ ...answer, failures: failures.splice(0), seconds: (performance.now() - start) / 1000 });
    } catch (error) {
      say({ refused: String(error) });
    }
  }
} finally {
  await browser.close();
}
