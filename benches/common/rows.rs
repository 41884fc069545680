//! Invented rows of `inserjeunes-mesures`, as a regional file writes them.

use exposition::domain::CodeRegion;
use exposition::domain::taux::percent;
use rand::Rng;

/// Under this many persons the real files leave rates blank.
const SEUIL: i32 = 20;

/// What a row is about.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a> {
    /// Where.
    pub(crate) region: CodeRegion,
    /// Two pooled years: `2020_2021`.
    pub(crate) millesime: &'a str,
    /// `apprentissage` or `scolaire`.
    pub(crate) voie: &'a str,
    /// A CFD of an apprenticeship, a MEFSTAT11 of a school-based course.
    pub(crate) code: &'a str,
}

/// Figures that fit together.
struct Chiffres {
    annee_term: i32,
    poursuite: i32,
    leaver: i32,
    /// After 6, 12, 18 and 24 months.
    en_emploi: [i32; 4],
}

impl Chiffres {
    fn invent(rng: &mut impl Rng) -> Self {
        let annee_term = rng.random_range(5..260);
        let poursuite = rng.random_range(0..=annee_term);
        let leaver = annee_term - poursuite;
        let en_emploi = std::array::from_fn(|_| rng.random_range(0..=leaver));
        Self { annee_term, poursuite, leaver, en_emploi }
    }

    /// The value of a column, blank where the real files have a blank.
    fn value(&self, column: &str) -> Option<i32> {
        let [six, twelve, eighteen, twenty_four] = self.en_emploi;
        let rate = |part, whole| percent(part, whole).filter(|_| whole >= SEUIL);
        match column {
            "nb_annee_term" => Some(self.annee_term),
            "nb_poursuite_etudes" => Some(self.poursuite),
            "nb_sortant" => Some(self.leaver),
            "nb_en_emploi_6_mois" => Some(six),
            "nb_en_emploi_12_mois" => Some(twelve),
            "nb_en_emploi_18_mois" => Some(eighteen),
            "nb_en_emploi_24_mois" => Some(twenty_four),
            "taux_poursuite_etudes" => rate(self.poursuite, self.annee_term),
            "taux_emploi_6_mois" => rate(six, self.leaver),
            "taux_emploi_12_mois" => rate(twelve, self.leaver),
            "taux_emploi_18_mois" => rate(eighteen, self.leaver),
            "taux_emploi_24_mois" => rate(twenty_four, self.leaver),
            _ => None,
        }
    }
}

/// One line, without its end, for a header with these columns; blank in those it does not know.
pub(crate) fn line<'a>(columns: impl Iterator<Item = &'a str>, key: Key<'_>, rng: &mut impl Rng) -> String {
    let Key { region, millesime, voie, code } = key;
    let (insee, academique) = (region.as_str(), region.region().code_region_academique);
    let chiffres = Chiffres::invent(rng);
    let fields: Vec<String> = columns
        .map(|column| match column {
            "id" => format!("{millesime}_{academique}_{voie}_{code}"),
            "millesime" => millesime.to_owned(),
            "code_region_ij" => academique.to_owned(),
            "code_region" => insee.to_owned(),
            "voie" => voie.to_owned(),
            "cfd" if voie == "apprentissage" => code.to_owned(),
            "mefstat11" if voie == "scolaire" => code.to_owned(),
            other => chiffres.value(other).map(|value| value.to_string()).unwrap_or_default(),
        })
        .collect();
    fields.join(";")
}

/// The eighteen régions; the first entry of the table gathers what is none.
pub(crate) fn regions() -> Vec<CodeRegion> {
    CodeRegion::all().filter(|region| region.as_str() != "00").collect()
}
