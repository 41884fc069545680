//! Régions, académies and départements: tables in the code, because they change with the law
//! and because every row of every file is checked against them.
//!
//! Three codings of a région meet in the sources: INSEE (`11`), académique (`10`) and the
//! upper-case name without accents (`ILE-DE-FRANCE`). The service speaks INSEE.

use super::text::fold;
use super::{Invalid, Uai};
use std::fmt;

/// A région.
#[derive(Debug, PartialEq, Eq)]
pub struct Region {
    /// INSEE code, 2 characters; `00` holds the overseas collectivities that are no région.
    pub code: &'static str,
    /// Code of the région académique.
    pub code_region_academique: &'static str,
    /// Name as written.
    pub nom: &'static str,
}

/// An académie: the ministry's territory, a part of a région.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Academie {
    /// Code of the ministry, 2 digits.
    pub code: &'static str,
    /// Name as written.
    pub nom: &'static str,
    /// INSEE code of its région.
    pub region: &'static str,
}

/// A département or overseas collectivity.
#[derive(Debug, PartialEq, Eq)]
pub struct Departement {
    /// INSEE code: `01`, `2A`, `974`.
    pub code: &'static str,
    /// Name as written.
    pub nom: &'static str,
    /// Code of its académie.
    pub academie: &'static str,
}

/// A région that exists, by its INSEE code.
#[derive(Clone, Copy, Eq)]
pub struct CodeRegion(&'static Region);

impl CodeRegion {
    /// Parses an INSEE code, or a postal code of five characters, which is converted: `97x` and
    /// `98x` by three digits, `20xxx` is Corse.
    ///
    /// # Errors
    /// When there is no such région; the message names the route that lists them.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_ascii_uppercase();
        let found = if text.len() == 5 { Self::from_postal(&text) } else { Self::from_stored(&text) };
        found.ok_or_else(|| {
            Invalid(
                "attendu : un code de région INSEE (11) ou un code postal (75011) ; la liste est donnée par \
                      /api/v1/referentiels/regions"
                    .to_owned(),
            )
        })
    }

    /// What [`CodeRegion::parse`] reads, as a regular expression: the INSEE codes, and the postal
    /// codes by the département that they begin with.
    #[must_use]
    pub fn pattern() -> String {
        let insee = REGIONS.iter().map(|region| region.code.to_owned());
        let postal = DEPARTEMENTS.iter().map(|departement| {
            let code = departement.code.replace('A', "[Aa]").replace('B', "[Bb]");
            format!("{code}[0-9]{{{}}}", 5 - departement.code.len())
        });
        insee.chain(postal).chain(["20[0-9]{3}".to_owned()]).collect::<Vec<_>>().join("|")
    }

    /// Takes an INSEE code as the database and files hold it.
    #[must_use]
    pub fn from_stored(code: &str) -> Option<Self> {
        REGIONS.iter().find(|region| region.code == code).map(Self)
    }

    /// The région of an académique code.
    #[must_use]
    pub fn from_academique(code: &str) -> Option<Self> {
        REGIONS.iter().find(|region| region.code_region_academique == code).map(Self)
    }

    /// The région of a name, accents and case ignored.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = fold(name);
        REGIONS.iter().find(|region| fold(region.nom) == name).map(Self)
    }

    fn from_postal(text: &str) -> Option<Self> {
        let departement = match text.get(..2)? {
            "20" | "2A" | "2B" => "2A",
            "97" | "98" => text.get(..3)?,
            metropole => metropole,
        };
        let digits = text.get(2..)?.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| Departement::from_code(departement)?.region()).flatten()
    }

    /// The INSEE code.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.0.code
    }

    /// The whole row.
    #[must_use]
    pub fn region(self) -> &'static Region {
        self.0
    }

    /// Every région, by INSEE code.
    pub fn all() -> impl Iterator<Item = Self> {
        REGIONS.iter().map(Self)
    }
}

impl PartialEq for CodeRegion {
    fn eq(&self, other: &Self) -> bool {
        self.0.code == other.0.code
    }
}

impl PartialOrd for CodeRegion {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CodeRegion {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.code.cmp(other.0.code)
    }
}

impl std::hash::Hash for CodeRegion {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.code.hash(state);
    }
}

impl fmt::Debug for CodeRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0.code)
    }
}

impl fmt::Display for CodeRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code)
    }
}

impl Academie {
    /// The académie of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<&'static Self> {
        ACADEMIES.iter().find(|academie| academie.code == code)
    }

    /// Every académie, by code.
    #[must_use]
    pub fn all() -> &'static [Self] {
        ACADEMIES
    }
}

impl Departement {
    /// The département of an INSEE code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<&'static Self> {
        DEPARTEMENTS.iter().find(|departement| departement.code == code)
    }

    /// The département in the first three digits of a UAI (`0350017D` → 35, `6200001G` → 2A). Those of
    /// New Caledonia begin with 983, those of French Polynesia with 984.
    #[must_use]
    pub fn from_uai(uai: Uai) -> Option<&'static Self> {
        match uai.as_str().get(..3)? {
            "620" => Self::from_code("2A"),
            "720" => Self::from_code("2B"),
            "983" => Self::from_code("988"),
            "984" => Self::from_code("987"),
            prefix => Self::from_code(prefix.strip_prefix('0').unwrap_or(prefix)),
        }
    }

    /// Its académie.
    #[must_use]
    pub fn academie(&self) -> Option<&'static Academie> {
        Academie::from_code(self.academie)
    }

    /// Its région.
    #[must_use]
    pub fn region(&self) -> Option<CodeRegion> {
        CodeRegion::from_stored(self.academie()?.region)
    }

    /// Every département, by code.
    #[must_use]
    pub fn all() -> &'static [Self] {
        DEPARTEMENTS
    }
}

/// By INSEE code.
const REGIONS: &[Region] = &[
    Region { code: "00", code_region_academique: "00", nom: "Collectivités d'outre-mer" },
    Region { code: "01", code_region_academique: "07", nom: "Guadeloupe" },
    Region { code: "02", code_region_academique: "12", nom: "Martinique" },
    Region { code: "03", code_region_academique: "08", nom: "Guyane" },
    Region { code: "04", code_region_academique: "11", nom: "La Réunion" },
    Region { code: "06", code_region_academique: "13", nom: "Mayotte" },
    Region { code: "11", code_region_academique: "10", nom: "Île-de-France" },
    Region { code: "24", code_region_academique: "04", nom: "Centre-Val de Loire" },
    Region { code: "27", code_region_academique: "02", nom: "Bourgogne-Franche-Comté" },
    Region { code: "28", code_region_academique: "14", nom: "Normandie" },
    Region { code: "32", code_region_academique: "09", nom: "Hauts-de-France" },
    Region { code: "44", code_region_academique: "06", nom: "Grand Est" },
    Region { code: "52", code_region_academique: "17", nom: "Pays de la Loire" },
    Region { code: "53", code_region_academique: "03", nom: "Bretagne" },
    Region { code: "75", code_region_academique: "15", nom: "Nouvelle-Aquitaine" },
    Region { code: "76", code_region_academique: "16", nom: "Occitanie" },
    Region { code: "84", code_region_academique: "01", nom: "Auvergne-Rhône-Alpes" },
    Region { code: "93", code_region_academique: "18", nom: "Provence-Alpes-Côte d'Azur" },
    Region { code: "94", code_region_academique: "05", nom: "Corse" },
];

/// By code.
const ACADEMIES: &[Academie] = &[
    Academie { code: "01", nom: "Paris", region: "11" },
    Academie { code: "02", nom: "Aix-Marseille", region: "93" },
    Academie { code: "03", nom: "Besançon", region: "27" },
    Academie { code: "04", nom: "Bordeaux", region: "75" },
    Academie { code: "06", nom: "Clermont-Ferrand", region: "84" },
    Academie { code: "07", nom: "Dijon", region: "27" },
    Academie { code: "08", nom: "Grenoble", region: "84" },
    Academie { code: "09", nom: "Lille", region: "32" },
    Academie { code: "10", nom: "Lyon", region: "84" },
    Academie { code: "11", nom: "Montpellier", region: "76" },
    Academie { code: "12", nom: "Nancy-Metz", region: "44" },
    Academie { code: "13", nom: "Poitiers", region: "75" },
    Academie { code: "14", nom: "Rennes", region: "53" },
    Academie { code: "15", nom: "Strasbourg", region: "44" },
    Academie { code: "16", nom: "Toulouse", region: "76" },
    Academie { code: "17", nom: "Nantes", region: "52" },
    Academie { code: "18", nom: "Orléans-Tours", region: "24" },
    Academie { code: "19", nom: "Reims", region: "44" },
    Academie { code: "20", nom: "Amiens", region: "32" },
    Academie { code: "22", nom: "Limoges", region: "75" },
    Academie { code: "23", nom: "Nice", region: "93" },
    Academie { code: "24", nom: "Créteil", region: "11" },
    Academie { code: "25", nom: "Versailles", region: "11" },
    Academie { code: "27", nom: "Corse", region: "94" },
    Academie { code: "28", nom: "La Réunion", region: "04" },
    Academie { code: "31", nom: "Martinique", region: "02" },
    Academie { code: "32", nom: "Guadeloupe", region: "01" },
    Academie { code: "33", nom: "Guyane", region: "03" },
    Academie { code: "40", nom: "Nouvelle-Calédonie", region: "00" },
    Academie { code: "41", nom: "Polynésie française", region: "00" },
    Academie { code: "42", nom: "Wallis-et-Futuna", region: "00" },
    Academie { code: "43", nom: "Mayotte", region: "06" },
    Academie { code: "44", nom: "Saint-Pierre-et-Miquelon", region: "00" },
    Academie { code: "70", nom: "Normandie", region: "28" },
];

/// By code.
const DEPARTEMENTS: &[Departement] = &[
    Departement { code: "01", nom: "Ain", academie: "10" },
    Departement { code: "02", nom: "Aisne", academie: "20" },
    Departement { code: "03", nom: "Allier", academie: "06" },
    Departement { code: "04", nom: "Alpes-de-Haute-Provence", academie: "02" },
    Departement { code: "05", nom: "Hautes-Alpes", academie: "02" },
    Departement { code: "06", nom: "Alpes-Maritimes", academie: "23" },
    Departement { code: "07", nom: "Ardèche", academie: "08" },
    Departement { code: "08", nom: "Ardennes", academie: "19" },
    Departement { code: "09", nom: "Ariège", academie: "16" },
    Departement { code: "10", nom: "Aube", academie: "19" },
    Departement { code: "11", nom: "Aude", academie: "11" },
    Departement { code: "12", nom: "Aveyron", academie: "16" },
    Departement { code: "13", nom: "Bouches-du-Rhône", academie: "02" },
    Departement { code: "14", nom: "Calvados", academie: "70" },
    Departement { code: "15", nom: "Cantal", academie: "06" },
    Departement { code: "16", nom: "Charente", academie: "13" },
    Departement { code: "17", nom: "Charente-Maritime", academie: "13" },
    Departement { code: "18", nom: "Cher", academie: "18" },
    Departement { code: "19", nom: "Corrèze", academie: "22" },
    Departement { code: "21", nom: "Côte-d'Or", academie: "07" },
    Departement { code: "22", nom: "Côtes-d'Armor", academie: "14" },
    Departement { code: "23", nom: "Creuse", academie: "22" },
    Departement { code: "24", nom: "Dordogne", academie: "04" },
    Departement { code: "25", nom: "Doubs", academie: "03" },
    Departement { code: "26", nom: "Drôme", academie: "08" },
    Departement { code: "27", nom: "Eure", academie: "70" },
    Departement { code: "28", nom: "Eure-et-Loir", academie: "18" },
    Departement { code: "29", nom: "Finistère", academie: "14" },
    Departement { code: "2A", nom: "Corse-du-Sud", academie: "27" },
    Departement { code: "2B", nom: "Haute-Corse", academie: "27" },
    Departement { code: "30", nom: "Gard", academie: "11" },
    Departement { code: "31", nom: "Haute-Garonne", academie: "16" },
    Departement { code: "32", nom: "Gers", academie: "16" },
    Departement { code: "33", nom: "Gironde", academie: "04" },
    Departement { code: "34", nom: "Hérault", academie: "11" },
    Departement { code: "35", nom: "Ille-et-Vilaine", academie: "14" },
    Departement { code: "36", nom: "Indre", academie: "18" },
    Departement { code: "37", nom: "Indre-et-Loire", academie: "18" },
    Departement { code: "38", nom: "Isère", academie: "08" },
    Departement { code: "39", nom: "Jura", academie: "03" },
    Departement { code: "40", nom: "Landes", academie: "04" },
    Departement { code: "41", nom: "Loir-et-Cher", academie: "18" },
    Departement { code: "42", nom: "Loire", academie: "10" },
    Departement { code: "43", nom: "Haute-Loire", academie: "06" },
    Departement { code: "44", nom: "Loire-Atlantique", academie: "17" },
    Departement { code: "45", nom: "Loiret", academie: "18" },
    Departement { code: "46", nom: "Lot", academie: "16" },
    Departement { code: "47", nom: "Lot-et-Garonne", academie: "04" },
    Departement { code: "48", nom: "Lozère", academie: "11" },
    Departement { code: "49", nom: "Maine-et-Loire", academie: "17" },
    Departement { code: "50", nom: "Manche", academie: "70" },
    Departement { code: "51", nom: "Marne", academie: "19" },
    Departement { code: "52", nom: "Haute-Marne", academie: "19" },
    Departement { code: "53", nom: "Mayenne", academie: "17" },
    Departement { code: "54", nom: "Meurthe-et-Moselle", academie: "12" },
    Departement { code: "55", nom: "Meuse", academie: "12" },
    Departement { code: "56", nom: "Morbihan", academie: "14" },
    Departement { code: "57", nom: "Moselle", academie: "12" },
    Departement { code: "58", nom: "Nièvre", academie: "07" },
    Departement { code: "59", nom: "Nord", academie: "09" },
    Departement { code: "60", nom: "Oise", academie: "20" },
    Departement { code: "61", nom: "Orne", academie: "70" },
    Departement { code: "62", nom: "Pas-de-Calais", academie: "09" },
    Departement { code: "63", nom: "Puy-de-Dôme", academie: "06" },
    Departement { code: "64", nom: "Pyrénées-Atlantiques", academie: "04" },
    Departement { code: "65", nom: "Hautes-Pyrénées", academie: "16" },
    Departement { code: "66", nom: "Pyrénées-Orientales", academie: "11" },
    Departement { code: "67", nom: "Bas-Rhin", academie: "15" },
    Departement { code: "68", nom: "Haut-Rhin", academie: "15" },
    Departement { code: "69", nom: "Rhône", academie: "10" },
    Departement { code: "70", nom: "Haute-Saône", academie: "03" },
    Departement { code: "71", nom: "Saône-et-Loire", academie: "07" },
    Departement { code: "72", nom: "Sarthe", academie: "17" },
    Departement { code: "73", nom: "Savoie", academie: "08" },
    Departement { code: "74", nom: "Haute-Savoie", academie: "08" },
    Departement { code: "75", nom: "Paris", academie: "01" },
    Departement { code: "76", nom: "Seine-Maritime", academie: "70" },
    Departement { code: "77", nom: "Seine-et-Marne", academie: "24" },
    Departement { code: "78", nom: "Yvelines", academie: "25" },
    Departement { code: "79", nom: "Deux-Sèvres", academie: "13" },
    Departement { code: "80", nom: "Somme", academie: "20" },
    Departement { code: "81", nom: "Tarn", academie: "16" },
    Departement { code: "82", nom: "Tarn-et-Garonne", academie: "16" },
    Departement { code: "83", nom: "Var", academie: "23" },
    Departement { code: "84", nom: "Vaucluse", academie: "02" },
    Departement { code: "85", nom: "Vendée", academie: "17" },
    Departement { code: "86", nom: "Vienne", academie: "13" },
    Departement { code: "87", nom: "Haute-Vienne", academie: "22" },
    Departement { code: "88", nom: "Vosges", academie: "12" },
    Departement { code: "89", nom: "Yonne", academie: "07" },
    Departement { code: "90", nom: "Territoire de Belfort", academie: "03" },
    Departement { code: "91", nom: "Essonne", academie: "25" },
    Departement { code: "92", nom: "Hauts-de-Seine", academie: "25" },
    Departement { code: "93", nom: "Seine-Saint-Denis", academie: "24" },
    Departement { code: "94", nom: "Val-de-Marne", academie: "24" },
    Departement { code: "95", nom: "Val-d'Oise", academie: "25" },
    Departement { code: "971", nom: "Guadeloupe", academie: "32" },
    Departement { code: "972", nom: "Martinique", academie: "31" },
    Departement { code: "973", nom: "Guyane", academie: "33" },
    Departement { code: "974", nom: "La Réunion", academie: "28" },
    Departement { code: "975", nom: "Saint-Pierre-et-Miquelon", academie: "44" },
    Departement { code: "976", nom: "Mayotte", academie: "43" },
    Departement { code: "977", nom: "Saint-Barthélemy", academie: "32" },
    Departement { code: "978", nom: "Saint-Martin", academie: "32" },
    Departement { code: "986", nom: "Wallis-et-Futuna", academie: "42" },
    Departement { code: "987", nom: "Polynésie française", academie: "41" },
    Departement { code: "988", nom: "Nouvelle-Calédonie", academie: "40" },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_departement_leads_to_a_region() {
        for departement in DEPARTEMENTS {
            assert!(departement.region().is_some(), "{}", departement.nom);
        }
        assert_eq!(REGIONS.len(), 19);
    }

    #[test]
    fn a_postal_code_is_converted() {
        for (postal, region) in [
            ("75011", "11"),
            ("35000", "53"),
            ("20000", "94"),
            ("2A004", "94"),
            ("97400", "04"),
            ("97110", "01"),
            ("98800", "00"),
        ] {
            assert_eq!(CodeRegion::parse(postal).map(|r| r.as_str()), Ok(region), "{postal}");
        }
        for wrong in ["99999", "750110", "7501", "96000", "ABCDE", "", "75O11", "7501\0"] {
            assert!(CodeRegion::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_fits_the_pattern_is_a_region(text in proptest::string::string_regex(&CodeRegion::pattern()).unwrap()) {
            proptest::prop_assert!(CodeRegion::parse(&text).is_ok(), "{}", text);
        }
    }

    #[test]
    fn a_region_is_found_under_its_three_names() {
        // INSEE ← académique, as the ministry numbers them.
        for (insee, academique, name) in [
            ("84", "01", "AUVERGNE-RHONE-ALPES"),
            ("04", "11", "LA REUNION"),
            ("93", "18", "PROVENCE-ALPES-COTE D'AZUR"),
            ("11", "10", "ILE-DE-FRANCE"),
        ] {
            assert_eq!(CodeRegion::from_academique(academique).map(|r| r.as_str()), Some(insee));
            assert_eq!(CodeRegion::from_name(name).map(|r| r.as_str()), Some(insee));
        }
    }

    #[test]
    fn the_place_of_a_uai_is_in_its_digits() {
        for (uai, departement, academie) in
            [("0350017D", "35", "14"), ("9741177L", "974", "28"), ("6200001G", "2A", "27"), ("0010001W", "01", "10")]
        {
            let found = Uai::from_stored(uai).and_then(Departement::from_uai);
            assert_eq!(found.map(|d| (d.code, d.academie)), Some((departement, academie)), "{uai}");
        }
    }
}
