// A platform's own code: no cast, no `any`, nothing that the contract does not say.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const baseUrl = process.env["EXPOSITION_URL"] ?? "http://127.0.0.1:8080";
const client = createClient<paths>({ baseUrl });

// A list: its elements are typed, one page after the other.
async function codes(): Promise<string[]> {
  const found: string[] = [];
  let curseur: string | undefined;
  do {
    const { data, error } = await client.GET("/api/v1/certifications", {
      params: { query: { limite: 50, ...(curseur === undefined ? {} : { curseur }) } },
    });
    assert.ok(data, error?.detail);
    found.push(...data.donnees.map((certification) => certification.code));
    curseur = data.pagination.suivant ?? undefined;
  } while (curseur !== undefined);
  return found;
}

const all = await codes();
assert.ok(all.length > 50, "more than a page");
assert.equal(new Set(all).size, all.length, "nothing twice");

// A figure is a number or null, and each null has its reason.
type Statistique = components["schemas"]["StatistiqueReponse"];
function sixMonths(statistique: Statistique): string {
  const part: number | null = statistique.part_en_emploi["6_mois"];
  return part === null ? `absent: ${statistique.absences["part_en_emploi_6_mois"] ?? "?"}` : `${part} %`;
}

// A condition on a figure is a parameter like any other.
const { data: regions, error: refusal } = await client.GET("/api/v1/certifications/{code}/regions", {
  params: { path: { code: "50033616" }, query: { part_en_emploi_6_mois: { gte: 10 }, tri: "-part_en_emploi_6_mois" } },
});
assert.ok(regions, refusal?.detail);
assert.ok(regions.donnees.every((statistique) => /^\d+ %$/.test(sixMonths(statistique))));
assert.ok(regions.donnees.length > 1);

// A batch: what there is and what there is not, in order.
const { data: lot, error: unread } = await client.POST("/api/v1/regions/lot", {
  body: [
    { region: "32", code: "50033616" },
    { region: "32", code: "00000000", millesime: "2022_2023" },
  ],
});
assert.ok(lot, unread?.detail);
const [first, second] = lot.donnees;
assert.ok(first?.statistique);
assert.match(sixMonths(first.statistique), /^\d+ %$/);
assert.equal(second?.statut, "code_inconnu");
assert.equal(second.statistique, null);

// An error is typed too.
const { error, response } = await client.GET("/api/v1/certifications", { params: { query: { limite: 0 } } });
assert.equal(response.status, 400);
assert.equal(error?.errors[0]?.parametre, "limite");

console.log(`TypeScript: ${all.length} certifications, ${sixMonths(first.statistique)} in région 32`);
