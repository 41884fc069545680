//! `fr-esr-insersup`: what became of the graduates of higher education.
//!
//! The file is a cube with its margins: a row is one place (an établissement, a région, an
//! académie, the country), one diploma or all of a kind, one promotion, and one value of gender,
//! nationality, obtention and régime, each of which may be «ensemble». Every row of a diploma
//! with a SISE code at a place that the service has is kept, ventilations included; a publication
//! reads those of which all four are «ensemble». The other margins are sums that the service makes
//! itself or does not have: they are counted as out of scope, which is no fault of theirs.
//!
//! Two generations. Until `2025_S2` a row has one number of leavers (S) and one of those who go
//! on (P); from `2026_S1` it has a pair for each horizon. A statistic has one S and one P, of
//! which E is the sum: both are then taken from the first horizon of which the row says
//! anything, 6 months wherever it has them. Never S of one horizon and P of another, whose sum would
//! count nobody; never a later pair because the first is withheld, which would give neighbouring
//! rows different meanings. Each number in employment is checked against the leavers of its own
//! horizon. Where leavers of a later horizon are more than those of the first, the number in
//! employment may be more than S: it is then left out, since a rate above 100 would be nonsense.
//!
//! A flag behind a number is a remark of the producer on the row (`*` two promotions pooled, `**`
//! pooling impossible): the number counts, and the pooling stands in `promo` anyway.

use super::super::champs::{self, Chiffre, Genre, Ligne, Memoire};
use super::super::header::{Colonne, Header, Layout};
use super::super::plausibility::Rule;
use super::super::refus::Refus;
use super::super::rejets::{MotifRejet, Rejet};
use super::mesures::{MillesimeTexte, millesime};
use super::{Adaptateur, Dataset, Definition, Ouvert, Ouverture, Sortie, numero};
use crate::db::ingestion::rows::InsersupRow;
use crate::db::ingestion::tables::Table;
use crate::domain::code::TypeCode;
use crate::domain::{CodeCertification, CodeRegion, Lieu, Mesure, Mesures};

/// Months after the end of the studies.
const HORIZONS: [&str; 5] = ["6", "12", "18", "24", "30"];
/// The columns by which the cube is ventilated, in the order of the table.
const VENTILATIONS: [&str; 4] = ["genre", "nationalite", "obtention_diplome", "regime_inscription"];
/// The margin of each of them.
const ENSEMBLE: &str = "ensemble";

const AUTRE_SOURCE: &str = "autre source que insersup";
const AUTRE_DIPLOME: &str = "ensemble de diplômes";
const AUTRE_LIEU: &str = "ensemble d'établissements autre que la France et les régions";

const EN_TROP: &str = "Plus de personnes en emploi que de sortants";

macro_rules! colonnes {
    ($($nom:literal)*) => { &[$(Colonne::new($nom, &[])),*] };
}

/// Every column known by name, also those that are not read: what is reported as ignored is then
/// what nobody has seen.
const COLONNES: &[Colonne] = colonnes!(
    "date_jeu" "reg_nom" "reg_id" "aca_nom" "aca_id" "uo_lib" "uo_lib_actuel" "id_paysage" "id_paysage_actuel"
    "etablissement" "denomination_principale" "type_diplome_long" "type_diplome" "dom_lib" "dom" "discipli_lib"
    "discipli" "sectdis_lib" "sectdis" "libelle_diplome" "diplome" "source" "obtention_diplome" "genre"
    "nationalite" "regime_inscription" "promo" "nb_sortants" "nb_poursuivants"
    "nb_sortants_6" "nb_sortants_12" "nb_sortants_18" "nb_sortants_24" "nb_sortants_30"
    "nb_poursuivants_6" "nb_poursuivants_12" "nb_poursuivants_18" "nb_poursuivants_24" "nb_poursuivants_30"
    "flag_6" "flag_12" "flag_18" "flag_24" "flag_30"
    "exception_6" "exception_12" "exception_18" "exception_24" "exception_30"
    "tx_sortants_en_emploi_6" "tx_sortants_en_emploi_12" "tx_sortants_en_emploi_18"
    "tx_sortants_en_emploi_etranger_6" "tx_sortants_en_emploi_etranger_12" "tx_sortants_en_emploi_etranger_18"
    "nb_sortants_en_emploi_sal_fr_6" "nb_sortants_en_emploi_sal_fr_12" "nb_sortants_en_emploi_sal_fr_18"
    "nb_sortants_en_emploi_sal_fr_24" "nb_sortants_en_emploi_sal_fr_30"
    "tx_sortants_en_emploi_sal_fr_6" "tx_sortants_en_emploi_sal_fr_12" "tx_sortants_en_emploi_sal_fr_18"
    "tx_sortants_en_emploi_sal_fr_24" "tx_sortants_en_emploi_sal_fr_30"
    "nb_sortants_en_emploi_non_sal_6" "nb_sortants_en_emploi_non_sal_12" "nb_sortants_en_emploi_non_sal_18"
    "nb_sortants_en_emploi_non_sal_24" "nb_sortants_en_emploi_non_sal_30"
    "tx_sortants_en_emploi_non_sal_6" "tx_sortants_en_emploi_non_sal_12" "tx_sortants_en_emploi_non_sal_18"
    "tx_sortants_en_emploi_non_sal_24" "tx_sortants_en_emploi_non_sal_30"
    "nb_sortants_en_emploi_stable_6" "nb_sortants_en_emploi_stable_12" "nb_sortants_en_emploi_stable_18"
    "nb_sortants_en_emploi_stable_24" "nb_sortants_en_emploi_stable_30"
    "tx_sortants_en_emploi_stable_6" "tx_sortants_en_emploi_stable_12" "tx_sortants_en_emploi_stable_18"
    "tx_sortants_en_emploi_stable_24" "tx_sortants_en_emploi_stable_30"
    "salaire_q1_6" "salaire_q1_12" "salaire_q1_18" "salaire_q1_24" "salaire_q1_30"
    "salaire_q2_6" "salaire_q2_12" "salaire_q2_18" "salaire_q2_24" "salaire_q2_30"
    "salaire_q3_6" "salaire_q3_12" "salaire_q3_18" "salaire_q3_24" "salaire_q3_30"
);

/// The counts in employment and the column of each.
const EN_EMPLOI: [(Mesure, &str); 4] = [
    (Mesure::NbEnEmploi6Mois, "nb_sortants_en_emploi_sal_fr_6"),
    (Mesure::NbEnEmploi12Mois, "nb_sortants_en_emploi_sal_fr_12"),
    (Mesure::NbEnEmploi18Mois, "nb_sortants_en_emploi_sal_fr_18"),
    (Mesure::NbEnEmploi24Mois, "nb_sortants_en_emploi_sal_fr_24"),
];

/// The salaries and the column of each.
const SALAIRES: [(Mesure, &str); 3] = [
    (Mesure::Salaire12MoisQ1, "salaire_q1_12"),
    (Mesure::Salaire12MoisQ2, "salaire_q2_12"),
    (Mesure::Salaire12MoisQ3, "salaire_q3_12"),
];

pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::EsrInsersup,
    colonnes: COLONNES,
    requises: &[
        &["date_jeu"],
        &["reg_id"],
        &["aca_id"],
        &["uo_lib"],
        &["etablissement"],
        &["diplome"],
        &["source"],
        &["obtention_diplome"],
        &["genre"],
        &["nationalite"],
        &["regime_inscription"],
        &["promo"],
        &["nb_sortants_en_emploi_sal_fr_6"],
        &["nb_sortants_en_emploi_sal_fr_12"],
        &["nb_sortants_en_emploi_sal_fr_18"],
        &["nb_sortants_en_emploi_sal_fr_24"],
        &["salaire_q1_12"],
        &["salaire_q2_12"],
        &["salaire_q3_12"],
    ],
    exclues: &[],
    attend_millesime: false,
    ouvrir,
};

fn ouvrir(ouverture: &Ouverture<'_>) -> Result<Ouvert, Refus> {
    let layout = &ouverture.layout;
    // Recognition has seen every column that is looked up here.
    let at = |nom: &str| layout.at(nom).unwrap_or_default();
    let adaptateur = Insersup {
        cles: Cles::new(layout),
        effectifs: Effectifs::new(layout, ouverture.header)?,
        en_emploi: EN_EMPLOI.map(|(mesure, nom)| (mesure, at(nom))),
        salaires: SALAIRES.map(|(mesure, nom)| (mesure, at(nom))),
    };
    Ok(Ouvert::new(Table::Insersup, adaptateur))
}

struct Insersup {
    cles: Cles,
    effectifs: Effectifs,
    en_emploi: [(Mesure, usize); 4],
    salaires: [(Mesure, usize); 3],
}

impl Adaptateur for Insersup {
    fn ligne(&mut self, ligne: &Ligne<'_>, sortie: &mut Sortie) -> Result<(), Rejet> {
        let cle = match self.cles.lire(ligne) {
            Ok(cle) => cle,
            Err(Exclusion::Rejet(rejet)) => return Err(rejet),
            Err(Exclusion::HorsPerimetre(raison)) => {
                *sortie.hors_perimetre.entry(raison).or_default() += 1;
                return Ok(());
            }
        };
        let mesures = self.mesures(ligne, cle.ensemble, sortie)?;
        let row = InsersupRow {
            dataset: Dataset::EsrInsersup.as_str(),
            lieu: cle.lieu,
            universites_seules: cle.universites_seules,
            code: cle.code,
            millesime: cle.millesime.as_str(),
            ventilation: cle.ventilation,
            ensemble: cle.ensemble,
            mesures: &mesures,
        };
        sortie.copie.push(numero(ligne), &row);
        Ok(())
    }
}

impl Insersup {
    fn mesures(&self, ligne: &Ligne<'_>, ensemble: bool, sortie: &mut Sortie) -> Result<Mesures, Rejet> {
        let mut mesures = Mesures::default();
        let paire = self.effectifs.paire(ligne);
        noter(&mut mesures, Mesure::NbSortant, nombre(ligne, paire.sortants, Genre::Effectif)?);
        noter(&mut mesures, Mesure::NbPoursuiteEtudes, nombre(ligne, paire.poursuivants, Genre::Effectif)?);
        let sortants = mesures.get(Mesure::NbSortant);
        for (rang, (mesure, colonne)) in self.en_emploi.into_iter().enumerate() {
            let lu = nombre(ligne, colonne, Genre::Effectif)?;
            let limite = match self.effectifs.horizon(rang).filter(|own| own.sortants != paire.sortants) {
                Some(own) => nombre(ligne, own.sortants, Genre::Effectif)?.valeur().or(sortants),
                None => sortants,
            };
            match (lu.valeur(), limite) {
                (Some(j), Some(limite)) if j > limite && ensemble => {
                    return Err(Rejet::champ(MotifRejet::EffectifsIncoherents, colonne, &j.to_string())
                        .attendu(format!("{limite} sortants")));
                }
                // Nobody has a use for ventilations yet: kept as they were read, and reported.
                (Some(j), Some(limite)) if j > limite => {
                    sortie.find(Rule::LargerThanWhole, ligne.numero, Some(colonne), &j.to_string(), || {
                        format!("{EN_TROP} ({limite}).")
                    });
                }
                (Some(j), _) if sortants.is_some_and(|sortants| j > sortants) => {
                    sortie.find(Rule::LargerThanWhole, ligne.numero, Some(colonne), &j.to_string(), || {
                        format!("{EN_TROP} au premier horizon ; cet effectif n'est pas retenu.")
                    });
                    continue;
                }
                _ => {}
            }
            noter(&mut mesures, mesure, lu);
        }
        for (mesure, colonne) in self.salaires {
            noter(&mut mesures, mesure, nombre(ligne, colonne, Genre::Euros)?);
        }
        Ok(mesures)
    }
}

fn noter(mesures: &mut Mesures, mesure: Mesure, chiffre: Chiffre) {
    match chiffre {
        Chiffre::Valeur(valeur) => mesures.set(mesure, valeur),
        Chiffre::NonDiffuse => mesures.withhold(mesure),
        Chiffre::Absent => {}
    }
}

/// Reads a number, whatever its flag.
fn nombre(ligne: &Ligne<'_>, colonne: usize, genre: Genre) -> Result<Chiffre, Rejet> {
    let text = ligne.champ(Some(colonne));
    champs::chiffre(sans_drapeau(text), genre).map_err(|motif| Rejet::champ(motif, colonne, text))
}

/// The number before `*` or `**`.
fn sans_drapeau(text: &str) -> &str {
    match text.strip_suffix('*') {
        None => text,
        Some(rest) => rest.strip_suffix('*').unwrap_or(rest).trim_end(),
    }
}

/// The columns of S and P at one horizon, or at all of them.
#[derive(Debug, Clone, Copy)]
struct Paire {
    sortants: usize,
    poursuivants: usize,
}

/// The two generations.
enum Effectifs {
    /// Until `2025_S2`.
    Uniques(Paire),
    /// From `2026_S1`: one per horizon that the file has, in the order of [`HORIZONS`].
    ParHorizon { premiere: Paire, paires: [Option<Paire>; HORIZONS.len()] },
}

impl Effectifs {
    /// # Errors
    /// The columns are of neither generation, or of both.
    fn new(layout: &Layout, header: &Header) -> Result<Self, Refus> {
        let refus = || Refus::Generation(effectifs_trouves(header));
        let paire = |suffix: &str| {
            let at = |nom: &str| layout.at(&format!("{nom}{suffix}"));
            match (at("nb_sortants"), at("nb_poursuivants")) {
                (Some(sortants), Some(poursuivants)) => Ok(Some(Paire { sortants, poursuivants })),
                (None, None) => Ok(None),
                _ => Err(refus()),
            }
        };
        let uniques = paire("")?;
        let mut paires = [None; HORIZONS.len()];
        for (slot, horizon) in paires.iter_mut().zip(HORIZONS) {
            *slot = paire(&format!("_{horizon}"))?;
        }
        match (uniques, paires.iter().flatten().next()) {
            (Some(paire), None) => Ok(Self::Uniques(paire)),
            (None, Some(premiere)) => Ok(Self::ParHorizon { premiere: *premiere, paires }),
            _ => Err(refus()),
        }
    }

    /// The pair that counts for this row.
    fn paire(&self, ligne: &Ligne<'_>) -> Paire {
        match self {
            Self::Uniques(paire) => *paire,
            Self::ParHorizon { premiere, paires } => {
                let dite = |paire: &&Paire| {
                    [paire.sortants, paire.poursuivants].iter().any(|colonne| ligne.rempli(Some(*colonne)).is_some())
                };
                *paires.iter().flatten().find(dite).unwrap_or(premiere)
            }
        }
    }

    /// The pair of one horizon, by its rank in [`HORIZONS`].
    fn horizon(&self, rang: usize) -> Option<Paire> {
        match self {
            Self::Uniques(_) => None,
            Self::ParHorizon { paires, .. } => paires.get(rang).copied().flatten(),
        }
    }
}

/// The columns that look like S and P, for a message.
fn effectifs_trouves(header: &Header) -> String {
    let labels = (0..header.len()).map(|index| header.label(index));
    let found: Vec<_> = labels
        .filter(|label| {
            let label = label.to_lowercase();
            (label.contains("sortant") || label.contains("poursui")) && !label.contains("en_emploi")
        })
        .collect();
    if found.is_empty() { "none of them".to_owned() } else { found.join(", ") }
}

/// Why a row does not go in.
enum Exclusion {
    /// It is not for the service.
    HorsPerimetre(&'static str),
    /// It is wrong.
    Rejet(Rejet),
}

impl From<Rejet> for Exclusion {
    fn from(rejet: Rejet) -> Self {
        Self::Rejet(rejet)
    }
}

/// What a row is about.
struct Cle<'a> {
    lieu: Lieu,
    universites_seules: bool,
    code: CodeCertification,
    millesime: MillesimeTexte,
    ventilation: [&'a str; 4],
    ensemble: bool,
}

/// The columns that say it.
struct Cles {
    region: usize,
    academie: usize,
    unite: usize,
    etablissement: usize,
    diplome: usize,
    source: usize,
    promo: usize,
    ventilations: [usize; 4],
    millesimes: Memoire<MillesimeTexte>,
}

impl Cles {
    fn new(layout: &Layout) -> Self {
        let at = |nom: &str| layout.at(nom).unwrap_or_default();
        Self {
            region: at("reg_id"),
            academie: at("aca_id"),
            unite: at("uo_lib"),
            etablissement: at("etablissement"),
            diplome: at("diplome"),
            source: at("source"),
            promo: at("promo"),
            ventilations: VENTILATIONS.map(at),
            millesimes: Memoire::default(),
        }
    }

    fn lire<'a>(&mut self, ligne: &Ligne<'a>) -> Result<Cle<'a>, Exclusion> {
        if !ligne.champ(Some(self.source)).eq_ignore_ascii_case("insersup") {
            return Err(Exclusion::HorsPerimetre(AUTRE_SOURCE));
        }
        let code = self.diplome(ligne)?;
        let (lieu, universites_seules) = self.lieu(ligne)?;
        let ventilation = self.ventilation(ligne)?;
        let promo = self.promo;
        let millesime = self.millesimes.get(ligne.champ(Some(promo)), |text| millesime(text, promo))?;
        let ensemble = ventilation == [ENSEMBLE; 4];
        Ok(Cle { lieu, universites_seules, code, millesime, ventilation, ensemble })
    }

    fn diplome(&self, ligne: &Ligne<'_>) -> Result<CodeCertification, Exclusion> {
        let text = ligne.champ(Some(self.diplome));
        if text.eq_ignore_ascii_case("all") {
            return Err(Exclusion::HorsPerimetre(AUTRE_DIPLOME));
        }
        champs::code(text).filter(|code| code.type_code() == TypeCode::Sise).ok_or_else(|| {
            let motif = if text.is_empty() { MotifRejet::CodeManquant } else { MotifRejet::CodeInvalide };
            Rejet::champ(motif, self.diplome, text).attendu("attendu : un code SISE, 7 caractères, ou all").into()
        })
    }

    /// The place, and whether it is the country counted by its universities alone.
    fn lieu(&self, ligne: &Ligne<'_>) -> Result<(Lieu, bool), Exclusion> {
        let text = ligne.champ(Some(self.etablissement));
        // A UAI begins with a digit; words stand for groups of établissements.
        if text.is_empty() || text.starts_with(|first: char| first.is_ascii_digit()) {
            return Ok((Lieu::Etablissement(champs::uai(ligne, Some(self.etablissement))?), false));
        }
        let nationale = ligne.champ(Some(self.unite)).eq_ignore_ascii_case("National");
        match text.to_ascii_lowercase().as_str() {
            "all" if nationale => Ok((Lieu::France, false)),
            "univ" if nationale => Ok((Lieu::France, true)),
            "all" => Ok((Lieu::Region(self.region(ligne)?), false)),
            _ => Err(Exclusion::HorsPerimetre(AUTRE_LIEU)),
        }
    }

    /// The région of a margin over its établissements; an académie lies in a région and is none.
    fn region(&self, ligne: &Ligne<'_>) -> Result<CodeRegion, Exclusion> {
        let rempli = |colonne: usize| ligne.rempli(Some(colonne)).filter(|text| !text.eq_ignore_ascii_case("all"));
        let (None, Some(text)) = (rempli(self.academie), rempli(self.region)) else {
            return Err(Exclusion::HorsPerimetre(AUTRE_LIEU));
        };
        let code = text.strip_prefix(['R', 'r']).unwrap_or(text);
        CodeRegion::from_stored(code).ok_or_else(|| Rejet::champ(MotifRejet::RegionInconnue, self.region, text).into())
    }

    fn ventilation<'a>(&self, ligne: &Ligne<'a>) -> Result<[&'a str; 4], Rejet> {
        let mut values = [ENSEMBLE; 4];
        for (slot, colonne) in values.iter_mut().zip(self.ventilations) {
            let text = ligne.champ(Some(colonne));
            if text.is_empty() {
                return Err(Rejet::champ(MotifRejet::PopulationInconnue, colonne, text).attendu("attendu : une valeur"));
            }
            if !text.eq_ignore_ascii_case(ENSEMBLE) {
                *slot = text;
            }
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_no_part_of_the_number() {
        for (text, expected) in [
            ("130 *", "130"),
            ("12 **", "12"),
            ("130*", "130"),
            ("nd", "nd"),
            ("", ""),
            ("1 * *", "1 *"),
            ("7***", "7*"),
        ] {
            assert_eq!(sans_drapeau(text), expected, "{text}");
        }
    }

    #[test]
    fn every_column_that_is_read_is_declared() {
        let read = EN_EMPLOI.iter().chain(&SALAIRES).map(|(_, nom)| *nom).chain(VENTILATIONS);
        for nom in read.chain(DEFINITION.requises.iter().map(|group| group[0])) {
            assert!(COLONNES.iter().any(|colonne| colonne.nom == nom), "{nom}");
        }
        for horizon in HORIZONS {
            for nom in [format!("nb_sortants_{horizon}"), format!("nb_poursuivants_{horizon}")] {
                assert!(COLONNES.iter().any(|colonne| colonne.nom == nom), "{nom}");
            }
        }
    }
}
