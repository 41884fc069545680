// The pages for people in a real browser: every page in light and dark, at 320 and 1280 pixels, with axe; the
// keyboard alone; what goes over the network; one sheet of paper; pictures whose words do not overlap.
//
//   EXPOSITION_URL  a server that runs the demo        PAGES   the list of addresses
//   CHROMIUM        the browser                         IMAGES  a folder for screenshots, if they are wanted
//   LIGHTHOUSE      «yes» to run it too
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import axe from "axe-core";
import { HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";

const url = process.env.EXPOSITION_URL ?? "http://127.0.0.1:8080";
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const addresses = readFileSync(process.env.PAGES, "utf8").trim().split("\n");
const course = "/formations/0359834Z/50033616";
const hidden = "/formations/0359834Z/23910033605";
const comparison = "/comparer?f=0359834Z:50033616&f=0359834Z:23220033616";
const fragment = `/integrer${course}`;
const visited = [...addresses, ...["", "?theme=sombre", "?theme=contraste"].map((theme) => fragment + theme)];

const validator = new HtmlValidate({
  extends: ["html-validate:standard"],
  rules: {
    // Matters of taste, or what axe looks at with the page in front of it.
    "long-title": "off", "no-inline-style": "error", "prefer-native-element": "off", "tel-non-breaking": "off",
    "require-sri": "off", "no-trailing-whitespace": "off", "no-implicit-button-type": "error", "doctype-style": "off",
    "attribute-boolean-style": "off", "void-style": "off", "no-redundant-role": "off", "wcag/h63": "error",
    // `role=region` on a table's frame lets the keyboard scroll it.
    "aria-label-misuse": "off",
  },
});

// As root Chromium has no sandbox; the pages are our own.
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

// A page that remembers what it asked for and what the browser refused.
async function open(options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const seen = { requests: [], errors: [] };
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("status of 404")) seen.errors.push(message.text());
  });
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  return { context, page, seen };
}

async function checkAxe(page, where) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  const told = violations.map((one) => `${one.id} (${one.impact}): ${one.nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
  assert.deepEqual(told, [], `axe on ${where}`);
}

// Texts of one picture that touch each other, or leave it.
const overlaps = () => {
  const found = [];
  for (const svg of document.querySelectorAll("svg")) {
    const frame = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
    boxes.forEach(([words, a], index) => {
      if (a.right > frame.right + 1 || a.left < frame.left - 1 || a.bottom > frame.bottom + 1) found.push(`${words} leaves`);
      for (const [other, b] of boxes.slice(index + 1)) {
        if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3) found.push(`${words} / ${other}`);
      }
    });
  }
  return found;
};

async function checkPages() {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [320, 1280]) {
      const { context, page, seen } = await open({ colorScheme, viewport: { width, height: 800 } });
      for (const address of visited) {
        const where = `${address} (${colorScheme}, ${width})`;
        const answer = await page.goto(url + address);
        assert.ok(answer.status() < 500, where);
        await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
        await checkAxe(page, where);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(wide <= 0, `${where} is ${wide} pixels too wide`);
        assert.deepEqual(await page.evaluate(overlaps), [], where);
        assert.deepEqual(seen.errors, [], where);
      }
      const elsewhere = seen.requests.filter((one) => !one.startsWith(`${url}/`) && !one.startsWith("data:"));
      assert.deepEqual(elsewhere, [], "requests to elsewhere");
      assert.deepEqual(await context.cookies(), [], "cookies");
      await context.close();
    }
  }
  console.log(`${visited.length} pages, light and dark, 320 and 1280 pixels: axe finds nothing, nothing overflows, nothing is asked elsewhere`);
}

async function checkHtml() {
  for (const address of visited) {
    const text = await (await fetch(url + address, { headers: { accept: "text/html" } })).text();
    const { results } = await validator.validateString(text);
    const told = results.flatMap((one) => one.messages).map((one) => `${one.line}:${one.column} ${one.ruleId} ${one.message}`);
    assert.deepEqual(told.slice(0, 5), [], `HTML of ${address}`);
  }
  console.log(`${visited.length} pages: the HTML is valid`);
}

// RGAA 10.12: nothing is lost when a reader spaces the text.
async function checkSpacing() {
  const { context, page } = await open({ viewport: { width: 320, height: 800 }, bypassCSP: true });
  for (const address of addresses) {
    await page.goto(url + address);
    await page.addStyleTag({ content: "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}" });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wide <= 0, `${address} with spaced text is ${wide} pixels too wide`);
  }
  await context.close();
  console.log("text spaced as RGAA 10.12 asks: nothing is lost");
}

async function checkWeight() {
  const weights = [];
  for (const address of [...addresses, fragment]) {
    const { context, page } = await open();
    const client = await context.newCDPSession(page);
    await client.send("Network.enable");
    let bytes = 0;
    client.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; });
    await page.goto(url + address);
    await context.close();
    weights.push([bytes, address]);
    assert.ok(bytes < (address === fragment ? 6000 : 30_000), `${address} weighs ${bytes} bytes`);
  }
  weights.sort((a, b) => b[0] - a[0]);
  console.log(`first visits, with everything: ${weights.slice(0, 4).map(([bytes, address]) => `${bytes} B ${address}`).join(", ")}; fragment ${weights.find((one) => one[1] === fragment)[0]} B`);
}

// Goes on with Tab to the first thing that has these words, and sees at each where the focus is.
async function tabTo(page, words) {
  for (let step = 0; step < 120; step += 1) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(() => {
      const at = document.activeElement;
      const style = getComputedStyle(at);
      return { text: (at.textContent || at.getAttribute("name") || "").trim(), outline: style.outlineStyle, width: style.outlineWidth, body: at === document.body };
    });
    if (focus.body) continue;
    assert.ok(focus.outline !== "none" && focus.width !== "0px", `the focus on «${focus.text}» is not seen`);
    if (focus.text.includes(words)) return;
  }
  assert.fail(`«${words}» was not reached with Tab`);
}

async function checkKeyboard() {
  const { context, page } = await open();
  await page.goto(`${url}/`);
  await tabTo(page, "Aller au contenu");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "contenu");
  await tabTo(page, "q");
  await page.keyboard.type("coiffure");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Rennes");
  const follow = async () => { await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]); };
  await follow();
  assert.equal(new URL(page.url()).pathname, "/recherche");
  await tabTo(page, "Metiers de la coiffure (CAP)");
  await follow();
  assert.match(await page.title(), /Metiers de la coiffure/);
  await tabTo(page, "Comparer avec une autre formation");
  await follow();
  await tabTo(page, "Ajouter : Metiers de la coiffure (CAP)");
  await follow();
  assert.equal(await page.locator("thead th[scope=col]").count(), 2);
  const address = page.url();
  await context.close();
  // Whoever gets the link sees the same.
  const another = await open();
  await another.page.goto(address);
  assert.equal(await another.page.locator("thead th[scope=col]").count(), 2);
  await another.context.close();
  console.log("keyboard alone: search, course, comparison, and the link to send");
}

// The trial page is a program of others: its own words are French too, and what it proposes is answered.
async function checkTrial() {
  const { context, page } = await open();
  await page.goto(`${url}/docs/`);
  const operation = page.locator("#operations-formations-lire_formation");
  await operation.locator(".opblock-summary-control").click();
  await operation.locator(".execute").waitFor();
  const english = /\b(Try it out|Execute|Cancel|Clear|Parameters|Responses|Response body|Response headers|Request URL|Server response|Name|Details|Media type|Example Value|Schema|No links|Authorize|Download|Links)\b/;
  const program = async () => (await page.locator("#swagger-ui").innerText());
  assert.doesNotMatch(await program(), english);
  await operation.locator(".execute").click();
  await operation.locator(".live-responses-table").waitFor();
  assert.match(await operation.locator(".live-responses-table .response .response-col_status").first().innerText(), /200/);
  assert.doesNotMatch(await program(), english);
  await context.close();
  console.log("the trial page speaks French, and its example is answered");
}

async function checkPaper() {
  const { context, page } = await open();
  for (const address of [course, hidden]) {
    await page.goto(url + address);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    assert.equal(pdf.match(/\/Type\s*\/Page[^s]/g).length, 1, `${address} fits one sheet`);
  }
  await context.close();
  console.log("a printed course fits one sheet");
}

async function frame() {
  // Another port is another site: it shows the fragment, whose policy allows it; that of the pages does not.
  const site = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><title>site</title><iframe src="${url}${fragment}" title="a"></iframe><iframe src="${url}${course}" title="b"></iframe>`);
  });
  await new Promise((listening) => { site.listen(0, "127.0.0.1", listening); });
  const { context, page, seen } = await open();
  await page.goto(`http://127.0.0.1:${site.address().port}/`);
  await page.frames()[1].locator("svg").first().waitFor();
  assert.ok(seen.errors.some((one) => one.includes("frame-ancestors")), "a page is not");
  await context.close();
  site.close();
  console.log("another site frames the fragment, and not a page");
}

async function screenshots(folder) {
  const { context, page } = await open({ viewport: { width: 800, height: 620 } });
  const shots = { accueil: "/", formation: course, "formation-masquee": hidden, comparaison: comparison, fragment };
  for (const [name, address] of Object.entries(shots)) {
    await page.setViewportSize(name === "fragment" ? { width: 480, height: 290 } : { width: 800, height: name === "comparaison" ? 1180 : 640 });
    await page.goto(url + address);
    await page.screenshot({ path: `${folder}/${name}.png` });
  }
  await page.setViewportSize({ width: 320, height: 640 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(url + course);
  await page.screenshot({ path: `${folder}/formation-sombre-320.png` });
  await context.close();
  console.log(`screenshots in ${folder}`);
}

async function checkLighthouse() {
  const { default: lighthouse } = await import("lighthouse");
  const port = 9333;
  const own = await chromium.launch({ executablePath, args: ["--no-sandbox", `--remote-debugging-port=${port}`] });
  try {
    for (const address of ["/", course, comparison]) {
      const { lhr } = await lighthouse(url + address, { port, onlyCategories: ["accessibility", "best-practices", "performance"], logLevel: "silent" });
      const scores = Object.fromEntries(Object.entries(lhr.categories).map(([name, one]) => [name, Math.round(one.score * 100)]));
      const lost = Object.values(lhr.audits).filter((one) => one.score === 0 && lhr.categories["best-practices"].auditRefs.concat(lhr.categories.accessibility.auditRefs).some((ref) => ref.id === one.id && ref.weight > 0)).map((one) => one.id);
      console.log(`Lighthouse ${lhr.lighthouseVersion} ${address}: ${JSON.stringify(scores)}`);
      assert.deepEqual([scores.accessibility, scores["best-practices"]], [100, 100], `${address}: ${lost.join(", ")}`);
    }
  } finally {
    await own.close();
  }
}

try {
  await checkHtml();
  await checkPages();
  await checkSpacing();
  await checkWeight();
  await checkKeyboard();
  await checkTrial();
  await checkPaper();
  await frame();
  if (process.env.IMAGES) await screenshots(process.env.IMAGES);
  if (process.env.LIGHTHOUSE === "yes") await checkLighthouse();
} finally {
  await browser.close();
}
