//! A statistic as one flat row of a CSV file.

use std::sync::Arc;

use serde::Serialize;

use super::StatistiqueReponse;
use super::autour::{Comparaison, ContexteReponse};
use super::demande::Resolue;
use super::origine::OrigineReponse;
use crate::domain::{Figures, Indicateur};
use crate::http::csv::{Cellule, LigneCsv};
use crate::http::requete::Requete;

/// A statistic as one flat row: its indicators under their flat names (DATA.md §3.2).
#[derive(Debug, Clone)]
pub(in crate::http::v1) struct LigneStatistique {
    figures: Arc<Figures>,
    reponse: StatistiqueReponse,
}

impl LigneStatistique {
    pub(in crate::http::v1) fn new(resolue: &Resolue, requete: &Requete) -> Self {
        let figures = Arc::clone(&resolue.nommee.statistique.figures);
        Self { reponse: StatistiqueReponse::new(resolue, requete), figures }
    }
}

impl Serialize for LigneStatistique {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.reponse.serialize(serializer)
    }
}

impl LigneCsv for LigneStatistique {
    fn colonnes() -> Vec<&'static str> {
        let mut colonnes = vec![
            "code_certification",
            "type",
            "libelle",
            "niveau_code",
            "niveau_libelle",
            "formation_fermee",
            "maille",
            "region",
            "uai",
            "etablissement",
            "commune",
            "distance_km",
            "filiere",
            "millesime",
        ];
        colonnes.extend(Indicateur::ALL.iter().map(|indicateur| indicateur.as_str()));
        colonnes.extend([
            "absences",
            "sans_perspectives",
            "contexte_region",
            "contexte_france",
            "evolution_millesime",
            "evolution_ecart",
            "rang_region",
            "rang_region_sur",
            "role_uai",
            "origine",
            "origine_code_certification",
            "origine_uai",
            "origine_role_uai",
            "annees_terminales",
            "source",
            "fichier",
        ]);
        colonnes
    }

    fn cellules(&self) -> Vec<Cellule<'_>> {
        let Self { figures, reponse } = self;
        let etablissement = reponse.etablissement.as_ref();
        let niveau = reponse.certification.niveau.as_ref();
        let mut cellules = vec![
            (&reponse.certification.code).into(),
            reponse.certification.type_code.into(),
            (&reponse.certification.libelle).into(),
            niveau.map(|niveau| &niveau.code).into(),
            niveau.map(|niveau| &niveau.libelle).into(),
            reponse.certification.formation_fermee.into(),
            reponse.maille.into(),
            reponse.region.as_ref().map(|region| region.code).into(),
            etablissement.map(|etablissement| &etablissement.uai).into(),
            etablissement.and_then(|etablissement| etablissement.nom.as_ref()).into(),
            etablissement.and_then(|etablissement| etablissement.commune.as_ref()).into(),
            etablissement.and_then(|etablissement| etablissement.distance_km).into(),
            reponse.filiere.into(),
            (&reponse.millesime).into(),
        ];
        cellules.extend(Indicateur::ALL.iter().map(|i| Cellule::from(figures.get(*i).connue())));
        let absences = figures.absences().map(|(i, raison)| format!("{i}={raison}"));
        cellules.push(absences.collect::<Vec<_>>().join(" ").into());
        cellules.push(reponse.sans_perspectives.into());
        cellules.extend(contexte(reponse.contexte.as_ref()));
        cellules.push(reponse.roles.as_ref().map(|roles| roles.role).into());
        cellules.extend(origine(&reponse.origine));
        cellules.push(reponse.annees_terminales.join(" ").into());
        cellules.push(reponse.origine.source.as_ref().into());
        cellules.push(reponse.origine.fichier.as_ref().into());
        cellules
    }
}

fn contexte(contexte: Option<&ContexteReponse>) -> [Cellule<'_>; 6] {
    let part = |of: fn(&ContexteReponse) -> &Option<Comparaison>| {
        contexte.and_then(|contexte| of(contexte).as_ref()).map(|around| around.part_en_emploi_6_mois).into()
    };
    let evolution = contexte.and_then(|contexte| contexte.evolution.as_ref());
    let rang = contexte.and_then(|contexte| contexte.rang_region.as_ref());
    [
        part(|contexte| &contexte.region),
        part(|contexte| &contexte.france),
        evolution.map(|evolution| &evolution.millesime).into(),
        evolution.map(|evolution| evolution.ecart).into(),
        rang.map(|rang| rang.rang).into(),
        rang.map(|rang| rang.sur).into(),
    ]
}

fn origine(origine: &OrigineReponse) -> [Cellule<'_>; 4] {
    [
        origine.type_origine.into(),
        (&origine.code_certification).into(),
        origine.uai.as_ref().into(),
        origine.role_uai.into(),
    ]
}
