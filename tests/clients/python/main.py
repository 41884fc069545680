"""A platform's own code: no cast, no Any, nothing that the contract does not say."""

import os

from exposition_client import Client
from exposition_client.api.certifications import chercher_certifications
from exposition_client.api.régions import lire_certifications_regions
from exposition_client.models import (
    DemandeRegion,
    ListeCertificationResultat,
    Lot,
    Probleme,
    StatistiqueReponse,
)


def codes(client: Client) -> list[str]:
    """A list: its elements are typed, one page after the other."""
    found: list[str] = []
    answer = chercher_certifications.sync(client=client, limite=50)
    while True:
        assert isinstance(answer, ListeCertificationResultat), answer
        found += [certification.code for certification in answer.donnees]
        suivant = answer.pagination.suivant
        if suivant is None:
            return found
        answer = chercher_certifications.sync(client=client, limite=50, curseur=suivant)


def six_months(statistique: StatistiqueReponse) -> str:
    """A figure is a number or None, and each None has its reason."""
    part: int | None = statistique.part_en_emploi.field_6_mois
    if part is None:
        return "absent: " + statistique.absences["part_en_emploi_6_mois"]
    return f"{part} %"


def main() -> None:
    client = Client(base_url=os.environ.get("EXPOSITION_URL", "http://127.0.0.1:8080"))
    every = codes(client)
    assert len(every) > 50, "more than a page"
    assert len(set(every)) == len(every), "nothing twice"

    # A closed list is typed: another word would not compile.
    bacs = chercher_certifications.sync(client=client, niveau="4", limite=1)
    assert isinstance(bacs, ListeCertificationResultat), bacs
    assert [bac.niveau.code for bac in bacs.donnees if bac.niveau is not None] == ["4"]

    # A batch: what there is and what there is not, in order.
    pairs = [DemandeRegion(region="32", code="50033616"), DemandeRegion(region="32", code="00000000")]
    lot = lire_certifications_regions.sync(client=client, body=pairs)
    assert isinstance(lot, Lot), lot
    first, second = lot.donnees
    assert isinstance(first.statistique, StatistiqueReponse), first
    assert six_months(first.statistique).endswith(" %"), first
    assert second.statut == "code_inconnu" and second.statistique is None, second

    # An error is typed too.
    refused = chercher_certifications.sync_detailed(client=client, limite=0)
    assert refused.status_code == 400
    assert isinstance(refused.parsed, Probleme), refused
    assert refused.parsed.errors[0].parametre == "limite"

    print(f"Python: {len(every)} certifications, {six_months(first.statistique)} in région 32")


if __name__ == "__main__":
    main()
