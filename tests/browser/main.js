// A page of another origin calls the API in a real browser: what CORS allows is what a browser lets through.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const api = process.env.EXPOSITION_URL ?? "http://127.0.0.1:8080";
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

// Another port is another origin.
const site = createServer((_, response) => {
  response.writeHead(200, { "content-type": "text/html" });
  response.end("<!doctype html><title>plateforme</title>");
});
await new Promise((listening) => site.listen(0, "127.0.0.1", listening));
const origin = `http://127.0.0.1:${site.address().port}`;

// What the page of a platform does, in the page itself.
async function visit(api) {
  const seen = {};
  const first = await fetch(`${api}/api/v1/certifications?limite=1`);
  seen.list = { status: first.status, codes: (await first.json()).donnees.length };
  seen.headers = Object.fromEntries(
    ["etag", "link", "publication", "x-request-id"].map((name) => [name, first.headers.get(name)]),
  );
  // A header that is not on the short list of browsers is asked for first (preflight).
  const again = await fetch(`${api}/api/v1/certifications?limite=1`, {
    cache: "no-store",
    headers: { "if-none-match": seen.headers.etag },
  });
  seen.again = again.status;
  const lot = await fetch(`${api}/api/v1/regions/lot`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([{ region: "32", code: "50033616" }]),
  });
  seen.lot = { status: lot.status, statut: (await lot.json()).donnees[0].statut };
  const key = await fetch(`${api}/api/v1/regions/lot`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": "inconnue" },
    body: "[1]",
  });
  seen.key = { status: key.status, code: (await key.json()).code };
  const wrong = await fetch(`${api}/api/v1/certifications?limite=0`);
  seen.wrong = { status: wrong.status, code: (await wrong.json()).code };
  const moved = await fetch(`${api}/api/v1/regions/`);
  seen.moved = { status: moved.status, address: new URL(moved.url).pathname };
  const csv = await fetch(`${api}/api/v1/regions`, { headers: { accept: "text/csv,*/*" } });
  seen.csv = csv.headers.get("content-type");
  return seen;
}

// As root Chromium has no sandbox; the page is our own.
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage();
  const blocked = [];
  page.on("requestfailed", (request) => blocked.push(`${request.method()} ${request.url()}: ${request.failure()?.errorText}`));
  await page.goto(origin);
  const seen = await page.evaluate(visit, api).catch((error) => assert.fail(`${error.message}\n${blocked.join("\n")}`));
  assert.deepEqual(seen.list, { status: 200, codes: 1 });
  for (const [name, value] of Object.entries(seen.headers)) assert.ok(value, `the page cannot read ${name}`);
  assert.equal(seen.again, 304);
  assert.deepEqual(seen.lot, { status: 200, statut: "trouvee" });
  assert.deepEqual(seen.key, { status: 401, code: "cle_refusee" });
  assert.deepEqual(seen.wrong, { status: 400, code: "parametres_invalides" });
  assert.deepEqual(seen.moved, { status: 200, address: "/api/v1/regions" });
  assert.match(seen.csv, /^text\/csv/);
  console.log(`browser: ${await browser.version()}, a page of ${origin} read everything`);
} finally {
  await browser.close();
  site.close();
}
