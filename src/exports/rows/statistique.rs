//! A statistic as one flat row: what the lists answer as CSV, and what is exported.

use std::sync::{Arc, LazyLock};

use crate::db::statistiques::{EtablissementSummary, NamedStatistique};
use crate::domain::flat::{Cell, Column, FlatRow, Kind};
use crate::domain::position::kilometres;
use crate::domain::reperes::{FigureRepere, Points, Reperes, position};
use crate::domain::{Dataset, Indicateur, Lieu, RoleUai};

/// A statistic with what its cells are made of.
#[derive(Debug, Clone)]
pub struct FlatStatistique {
    named: NamedStatistique,
    /// How many statistics it is seen beside, and how they are spread.
    points: Option<(i32, Points)>,
    /// `sha256:` and the hash of its file.
    fichier: Option<Arc<str>>,
    closed: bool,
    intervals: [Option<[i32; 2]>; 3],
}

impl FlatStatistique {
    /// A statistic beside its reference points, with the name of its file, whose certification is closed
    /// or not.
    #[must_use]
    pub fn new(
        named: NamedStatistique,
        points: Option<(i32, Points)>,
        fichier: Option<Arc<str>>,
        closed: bool,
    ) -> Self {
        let intervals = named.statistique.intervals();
        Self { named, points, fichier, closed, intervals }
    }

    /// A statistic of a publication with these reference points.
    #[must_use]
    pub fn beside(named: NamedStatistique, reperes: &Reperes, fichier: Option<Arc<str>>) -> Self {
        let region = named.etablissement.as_ref().and_then(|etablissement| etablissement.region);
        let diplome = named.certification.diplome.as_ref();
        let repere = diplome.and_then(|diplome| reperes.beside(&named.statistique, diplome, region));
        let points = repere.and_then(|repere| Some((repere.nombre, repere.points?)));
        Self::new(named, points, fichier, false)
    }

    fn etablissement(&self) -> Option<&EtablissementSummary> {
        self.named.etablissement.as_ref()
    }

    fn quarter(&self, figure: FigureRepere) -> Option<i32> {
        let (_, points) = self.points.as_ref()?;
        points.quarters(position(&self.named.statistique.figures)?).get(figure as usize).copied()
    }
}

impl FlatRow for FlatStatistique {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: LazyLock<Vec<Column<FlatStatistique>>> = LazyLock::new(|| {
            [identity(), figures(), evolutions(), standing(), origin()].into_iter().flatten().collect()
        });
        &COLUMNS
    }
}

type Columns = Vec<Column<FlatStatistique>>;

fn identity() -> Columns {
    vec![
        Column::<FlatStatistique>::new(
            "code_certification",
            Kind::Text,
            "Code de la certification, sans préfixe : CFD, MEFSTAT11 ou SISE.",
            |row| row.named.certification.code.as_str().into(),
        ),
        Column::<FlatStatistique>::new("type", Kind::Text, "Nomenclature du code : cfd, mef11 ou sise.", |row| {
            row.named.certification.code.type_code().as_str().into()
        }),
        Column::<FlatStatistique>::new("libelle", Kind::Text, "Libellé long de la certification.", |row| {
            (&row.named.certification.libelle).into()
        }),
        Column::<FlatStatistique>::new(
            "niveau_code",
            Kind::Text,
            "Niveau du diplôme : 3 (CAP), 4 (bac), 5 (BTS), 6, 7 ; 0 pour les mentions complémentaires.",
            |row| row.named.certification.diplome.as_ref().map(|diplome| &diplome.code).into(),
        ),
        Column::<FlatStatistique>::new("niveau_libelle", Kind::Text, "Type du diplôme.", |row| {
            row.named.certification.diplome.as_ref().map(|diplome| &diplome.libelle).into()
        }),
        Column::<FlatStatistique>::new(
            "formation_fermee",
            Kind::Boolean,
            "Vrai quand la date de fermeture est passée.",
            |row| row.closed.into(),
        )
        .answered(),
        Column::<FlatStatistique>::new(
            "maille",
            Kind::Text,
            "Ce que la statistique décrit : nationale, regionale ou etablissement.",
            |row| row.named.statistique.lieu.maille().as_str().into(),
        ),
        Column::<FlatStatistique>::new(
            "region",
            Kind::Text,
            "Code INSEE de la région, pour une statistique régionale.",
            |row| match &row.named.statistique.lieu {
                Lieu::Region(code) => code.as_str().into(),
                Lieu::France | Lieu::Etablissement(_) => Cell::Empty,
            },
        ),
        Column::<FlatStatistique>::new(
            "uai",
            Kind::Text,
            "UAI de l'établissement, pour une statistique de cette maille.",
            |row| row.etablissement().map(|etablissement| etablissement.uai.as_str()).into(),
        ),
        Column::<FlatStatistique>::new(
            "etablissement",
            Kind::Text,
            "Nom de l'établissement, quand une source le donne.",
            |row| row.etablissement().and_then(|etablissement| etablissement.nom.as_ref()).into(),
        ),
        Column::<FlatStatistique>::new("commune", Kind::Text, "Commune de l'établissement.", |row| {
            row.etablissement().and_then(|etablissement| etablissement.commune.as_ref()).into()
        }),
        Column::<FlatStatistique>::new(
            "distance_km",
            Kind::Decimal,
            "Distance du point demandé par « proche », en kilomètres.",
            |row| row.etablissement().and_then(|etablissement| etablissement.distance_m).map(kilometres).into(),
        )
        .answered(),
        Column::<FlatStatistique>::new("filiere", Kind::Text, "apprentissage, pro, agricole ou superieur.", |row| {
            row.named.statistique.filiere.as_str().into()
        }),
        Column::<FlatStatistique>::new(
            "millesime",
            Kind::Text,
            "Année de sortie (2023), ou deux années réunies (2022_2023).",
            |row| row.named.statistique.millesime.to_string().into(),
        ),
    ]
}

fn figures() -> Columns {
    let figure = |indicateur: Indicateur| {
        let definition = indicateur.definition();
        let text = format!("{}. {}", definition.nom, definition.text);
        Column::<FlatStatistique>::new(indicateur.as_str(), Kind::Integer, text, move |row: &FlatStatistique| {
            row.named.statistique.figures.get(indicateur).known().into()
        })
        .counting(definition.unite)
    };
    let mut columns: Columns = Indicateur::ALL.iter().map(|indicateur| figure(*indicateur)).collect();
    columns.push(Column::<FlatStatistique>::new(
        "absences",
        Kind::Text,
        "Pour chaque chiffre absent, « indicateur=raison », séparés par des espaces : sous_seuil, non_diffuse, \
         pas_encore_disponible ou non_couvert.",
        |row| {
            let absences = row.named.statistique.figures.absences();
            joined(absences.map(|(indicateur, raison)| (indicateur.as_str(), raison.as_str())))
        },
    ));
    columns.push(Column::<FlatStatistique>::new(
        "champ_emploi",
        Kind::Text,
        "L'emploi compté : prive, prive_et_public ou mixte. Deux chiffres d'emploi ne se comparent que dans le même champ.",
        |row| row.named.statistique.champ_emploi().as_str().into(),
    ));
    for (index, [low, high]) in INTERVALS.into_iter().enumerate() {
        for (end, (name, which)) in [(low, "basse"), (high, "haute")].into_iter().enumerate() {
            let text = format!("Limite {which} de l'intervalle de confiance à 95 % (Wilson) de cette part.");
            let limit = move |row: &FlatStatistique| {
                let interval = row.intervals.get(index).copied().flatten();
                interval.and_then(|limits| limits.get(end).copied())
            };
            columns.push(
                Column::<FlatStatistique>::new(name, Kind::Integer, text, move |row| limit(row).into())
                    .counting(crate::domain::Unit::Pourcent),
            );
        }
    }
    columns.push(Column::<FlatStatistique>::new(
        "sans_perspectives",
        Kind::Boolean,
        "Moins de 30 % en emploi à 6 mois et moins de 50 % en poursuite d'études ; vide si l'un manque.",
        |row| row.named.statistique.sans_perspectives.into(),
    ));
    columns
}

/// The two limits of each part at 6 months, in the order of `Statistique::intervals`.
const INTERVALS: [[&str; 2]; 3] = [
    ["intervalle_95_part_en_emploi_6_mois_bas", "intervalle_95_part_en_emploi_6_mois_haut"],
    ["intervalle_95_part_poursuite_etudes_bas", "intervalle_95_part_poursuite_etudes_haut"],
    ["intervalle_95_part_autres_situations_6_mois_bas", "intervalle_95_part_autres_situations_6_mois_haut"],
];

/// `key=reason`, between spaces.
fn joined<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Cell<'static> {
    let mut text = String::new();
    for (key, raison) in pairs {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(key);
        text.push('=');
        text.push_str(raison);
    }
    text.into()
}

/// Where the same certification stands around it, and what changed since an earlier cohort.
fn evolutions() -> Columns {
    let around = |row: &FlatStatistique, elsewhere: Option<i32>| {
        let own = row.named.statistique.figures.get(Indicateur::PartEnEmploi6Mois).known();
        own.and(elsewhere)
    };
    let mut columns = vec![
        Column::<FlatStatistique>::new(
            "contexte_region",
            Kind::Integer,
            "Part en emploi à 6 mois de la même certification dans la région.",
            move |row| around(row, row.named.statistique.contexte.region.known()).into(),
        )
        .counting(crate::domain::Unit::Pourcent),
        Column::<FlatStatistique>::new(
            "contexte_france",
            Kind::Integer,
            "Part en emploi à 6 mois de la même certification en France.",
            move |row| around(row, row.named.statistique.contexte.france.known()).into(),
        )
        .counting(crate::domain::Unit::Pourcent),
    ];
    columns.extend(evolution(EMPLOI, "de la part en emploi à 6 mois", |row| {
        row.named.statistique.contexte.emploi.known()
    }));
    columns.extend(evolution(POURSUITE, "de la part en poursuite d'études", |row| {
        row.named.statistique.contexte.poursuite.known()
    }));
    columns
}

const EMPLOI: [&str; 4] = [
    "evolution_part_en_emploi_6_mois_millesime",
    "evolution_part_en_emploi_6_mois_ecart",
    "evolution_part_en_emploi_6_mois_recouvrement",
    "evolution_part_en_emploi_6_mois_net",
];
const POURSUITE: [&str; 4] = [
    "evolution_part_poursuite_etudes_millesime",
    "evolution_part_poursuite_etudes_ecart",
    "evolution_part_poursuite_etudes_recouvrement",
    "evolution_part_poursuite_etudes_net",
];

fn evolution(
    [millesime, ecart, overlap, net]: [&'static str; 4],
    what: &str,
    part: fn(&FlatStatistique) -> Option<crate::domain::contexte::Evolution>,
) -> Columns {
    vec![
        Column::<FlatStatistique>::new(
            millesime,
            Kind::Text,
            format!("Millésime antérieur auquel se compare l'évolution {what}."),
            move |row| part(row).map(|evolution| evolution.millesime.to_string()).into(),
        ),
        Column::<FlatStatistique>::new(ecart, Kind::Integer, format!("Évolution {what}, en points."), move |row| {
            part(row).map(|evolution| evolution.ecart).into()
        })
        .counting(crate::domain::Unit::Points),
        Column::<FlatStatistique>::new(
            overlap,
            Kind::Boolean,
            "Vrai quand les deux millésimes ont une année en commun.",
            move |row| part(row).map(|evolution| evolution.millesime.overlaps(row.named.statistique.millesime)).into(),
        ),
        Column::<FlatStatistique>::new(
            net,
            Kind::Boolean,
            "Vrai quand l'écart dépasse le hasard ; vide sans effectifs visibles.",
            move |row| part(row).and_then(|evolution| evolution.net).into(),
        ),
    ]
}

/// Its rank, and where it stands among its like.
fn standing() -> Columns {
    let rank = |row: &FlatStatistique| row.named.statistique.contexte.rang.known();
    vec![
        Column::<FlatStatistique>::new(
            "rang_region",
            Kind::Integer,
            "Rang parmi les établissements de la région dont la part en emploi est visible.",
            move |row| rank(row).map(|rang| rang.rang).into(),
        ),
        Column::<FlatStatistique>::new(
            "rang_region_sur",
            Kind::Integer,
            "Sur combien d'établissements, celui-ci compris.",
            move |row| rank(row).map(|rang| rang.sur).into(),
        ),
        Column::<FlatStatistique>::new(
            "rang_region_nettement_mieux",
            Kind::Integer,
            "Combien des autres font mieux au-delà du hasard.",
            move |row| rank(row).and_then(|rang| rang.beyond_chance).map(|others| others.better).into(),
        ),
        Column::<FlatStatistique>::new(
            "rang_region_nettement_moins_bien",
            Kind::Integer,
            "Combien des autres font moins bien au-delà du hasard.",
            move |row| rank(row).and_then(|rang| rang.beyond_chance).map(|others| others.worse).into(),
        ),
        Column::<FlatStatistique>::new(
            "repere_groupe",
            Kind::Text,
            "Statistiques semblables : type (même type de diplôme) ou niveau.",
            |row| row.points.map(|(_, points)| points.groupe.as_str()).into(),
        ),
        Column::<FlatStatistique>::new("repere_nombre", Kind::Integer, "Combien de statistiques semblables.", |row| {
            row.points.map(|(nombre, _)| nombre).into()
        }),
        Column::<FlatStatistique>::new(
            "quart_part_en_emploi_6_mois",
            Kind::Integer,
            "Quart où se trouve la part en emploi à 6 mois, de 1 à 4.",
            |row| row.quarter(FigureRepere::PartEnEmploi6Mois).into(),
        ),
        Column::<FlatStatistique>::new(
            "quart_part_poursuite_etudes",
            Kind::Integer,
            "Quart où se trouve la part en poursuite d'études, de 1 à 4.",
            |row| row.quarter(FigureRepere::PartPoursuiteEtudes).into(),
        ),
        Column::<FlatStatistique>::new(
            "quart_devenir_favorable",
            Kind::Integer,
            "Quart où se trouvent les deux réunies, de 1 à 4.",
            |row| row.quarter(FigureRepere::DevenirFavorable).into(),
        ),
        Column::<FlatStatistique>::new(
            "quadrant",
            Kind::Text,
            "De quel côté des deux moyennes : emploi haut ou bas, poursuite haute ou basse.",
            |row| {
                let standing = row.points.zip(position(&row.named.statistique.figures));
                standing.map(|((_, points), position)| points.quadrant(position).as_str()).into()
            },
        ),
        Column::<FlatStatistique>::new(
            "contexte_absences",
            Kind::Text,
            "Pour chaque partie du contexte absente, « partie=raison » : rupture_de_serie, trop_peu, sans_precedent ou \
             sans_effectif.",
            |row| {
                let absences = row.named.statistique.contexte_absences(row.points.is_some());
                joined(absences.into_iter())
            },
        ),
    ]
}

fn origin() -> Columns {
    vec![
        Column::<FlatStatistique>::new(
            "role_uai",
            Kind::Text,
            "Rôle de l'établissement pour la formation : lieu_formation, formateur, gestionnaire ou inconnu.",
            |row| row.named.statistique.roles.as_ref().map(|roles| roles.role.as_str()).into(),
        ),
        Column::<FlatStatistique>::new(
            "origine",
            Kind::Text,
            "D'où vient la statistique : propre, diplome_ancien, diplome_nouveau, autre_uai, agregee ou annee_terminale.",
            |row| row.named.statistique.origin_word().into(),
        ),
        Column::<FlatStatistique>::new(
            "origine_code_certification",
            Kind::Text,
            "Code sous lequel elle a été mesurée.",
            |row| row.named.statistique.origine.code.as_str().into(),
        ),
        Column::<FlatStatistique>::new(
            "origine_uai",
            Kind::Text,
            "Établissement pour lequel elle a été mesurée.",
            |row| row.named.statistique.measured_for().0.map(|uai| uai.to_string()).into(),
        ),
        Column::<FlatStatistique>::new("origine_role_uai", Kind::Text, "Rôle de cet établissement.", |row| {
            row.named.statistique.measured_for().1.map(RoleUai::as_str).into()
        }),
        Column::<FlatStatistique>::new(
            "annees_terminales",
            Kind::Text,
            "Codes des dernières années auxquelles mène une année antérieure.",
            |row| {
                let codes: Vec<_> = row.named.statistique.terminales.iter().map(ToString::to_string).collect();
                codes.join(" ").into()
            },
        )
        .answered(),
        Column::<FlatStatistique>::new(
            "source",
            Kind::Text,
            "Jeu de données ; vide quand il n'y a pas de chiffre.",
            |row| row.named.statistique.origine.source.map(Dataset::as_str).into(),
        ),
        Column::<FlatStatistique>::new(
            "fichier",
            Kind::Text,
            "« sha256: » et l'empreinte du fichier lu ; vide pour une somme.",
            |row| row.fichier.as_deref().into(),
        ),
    ]
}
