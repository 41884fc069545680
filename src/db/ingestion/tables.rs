//! The tables that files are imported into: their names, keys and columns, as a closed list.
//!
//! Statements over them are put together from these constants alone, never from a file's text.

use super::super::copy::CopyIn;
use super::copy::copy_in;
use super::rows;
use crate::domain::Mesure;

/// A table that rows of files are copied into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Statistics per certification and place.
    Mesures,
    /// The long form of the same, one measure a row: a temporary table, pivoted afterwards.
    LongMesures,
    /// Établissements as a whole.
    MesuresEtablissement,
    /// CFDs.
    FormationsDiplome,
    /// MEFs.
    Mefs,
    /// Kinds of diplomas.
    NiveauxFormationDiplome,
    /// Familles de métiers.
    GroupesFormation,
    /// Their CFDs.
    LiensFormationGroupe,
    /// Diplomas of higher education.
    DiplomesSise,
    /// Their kinds.
    TypesDiplomeSise,
    /// The directories.
    Annuaire,
    /// The catalogue of apprenticeship.
    CatalogueApprentissage,
    /// InserSup, ventilations included.
    Insersup,
    /// Records of crosswalks.
    TablesPassage,
    /// Which établissement another one belongs to.
    Rattachements,
}

impl Table {
    /// Every table that outlives an import, for withdrawing the rows of a file.
    pub const STORED: [Self; 14] = [
        Self::Mesures,
        Self::MesuresEtablissement,
        Self::FormationsDiplome,
        Self::Mefs,
        Self::NiveauxFormationDiplome,
        Self::GroupesFormation,
        Self::LiensFormationGroupe,
        Self::DiplomesSise,
        Self::TypesDiplomeSise,
        Self::Annuaire,
        Self::CatalogueApprentissage,
        Self::Insersup,
        Self::TablesPassage,
        Self::Rattachements,
    ];

    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mesures => "mesures",
            Self::LongMesures => "mesures_longues",
            Self::MesuresEtablissement => "mesures_etablissement",
            Self::FormationsDiplome => "formations_diplome",
            Self::Mefs => "mefs",
            Self::NiveauxFormationDiplome => "niveaux_formation_diplome",
            Self::GroupesFormation => "groupes_formation",
            Self::LiensFormationGroupe => "liens_formation_groupe",
            Self::DiplomesSise => "diplomes_sise",
            Self::TypesDiplomeSise => "types_diplome_sise",
            Self::Annuaire => "annuaire",
            Self::CatalogueApprentissage => "catalogue_apprentissage",
            Self::Insersup => "insersup",
            Self::TablesPassage => "tables_passage",
            Self::Rattachements => "rattachements",
        }
    }

    /// The table in which the rows end up.
    pub(in crate::db) const fn stored(self) -> Self {
        match self {
            Self::LongMesures => Self::Mesures,
            other => other,
        }
    }

    /// The columns that tell two rows of one file apart.
    pub(in crate::db) const fn key(self) -> &'static [&'static str] {
        match self {
            Self::Mesures => &["lieu", "code_certification", "filiere", "millesime"],
            Self::LongMesures => &["lieu", "code_certification", "filiere", "millesime", "mesure"],
            Self::MesuresEtablissement => &["uai", "filiere", "millesime", "dont_apprentis_eple"],
            Self::FormationsDiplome => &["formation_diplome"],
            Self::Mefs => &["mef_stat_11"],
            Self::NiveauxFormationDiplome => &["niveau_formation_diplome"],
            Self::GroupesFormation => &["groupe_formation"],
            Self::LiensFormationGroupe => &["groupe_formation", "formation_diplome"],
            Self::DiplomesSise => &["diplome_sise"],
            Self::TypesDiplomeSise => &["type_diplome_sise"],
            Self::Annuaire => &["uai"],
            Self::CatalogueApprentissage => {
                &["cfd", "uai_formation", "uai_formateur", "uai_gestionnaire", "cle_ministere"]
            }
            Self::TablesPassage => &["codes", "duree"],
            Self::Rattachements => &["uai", "uai_mere"],
            Self::Insersup => &[
                "lieu",
                "universites_seules",
                "code_certification",
                "millesime",
                "genre",
                "nationalite",
                "obtention_diplome",
                "regime_inscription",
            ],
        }
    }

    /// Whether the last row of a key counts, instead of two different ones contradicting each
    /// other.
    pub(in crate::db) const fn last_counts(self) -> bool {
        matches!(self, Self::Mefs)
    }

    /// Whether the first row of a key counts, instead of two different ones contradicting each
    /// other.
    pub(in crate::db) const fn first_counts(self) -> bool {
        matches!(self, Self::Annuaire)
    }

    /// What tells the rows that count before the others of their key, where the first one counts: of
    /// an établissement that stands on several lines, one that is open.
    pub(in crate::db) const fn first_open(self) -> Option<&'static str> {
        match self {
            Self::Annuaire => Some("ouvert"),
            _ => None,
        }
    }

    /// Whether columns of the key may be `NULL`; none of them is an empty text then.
    pub(in crate::db) const fn key_has_nulls(self) -> bool {
        matches!(self, Self::CatalogueApprentissage | Self::TablesPassage)
    }

    /// The expressions for maille, filière and millésime of a row: the unit in which a newer
    /// file replaces an older one. Nomenclatures are one unit.
    pub(in crate::db) const fn scope(self) -> [&'static str; 3] {
        match self {
            Self::Mesures | Self::LongMesures => ["maille", "filiere", "millesime"],
            Self::MesuresEtablissement => ["'etablissement'", "filiere", "millesime"],
            Self::Insersup => ["maille", "'superieur'", "millesime"],
            Self::FormationsDiplome
            | Self::Mefs
            | Self::NiveauxFormationDiplome
            | Self::GroupesFormation
            | Self::LiensFormationGroupe
            | Self::DiplomesSise
            | Self::TypesDiplomeSise
            | Self::Annuaire
            | Self::CatalogueApprentissage
            | Self::TablesPassage
            | Self::Rattachements => ["''", "''", "''"],
        }
    }

    /// The columns that its rows fill.
    #[must_use]
    pub fn copy_in(self) -> CopyIn {
        match self {
            Self::Mesures => copy_in::<rows::MesuresRow<'_>>(),
            Self::LongMesures => copy_in::<rows::LongMesureRow<'_>>(),
            Self::MesuresEtablissement => copy_in::<rows::EtablissementRow<'_>>(),
            Self::FormationsDiplome => copy_in::<rows::FormationDiplomeRow<'_>>(),
            Self::Mefs => copy_in::<rows::MefRow<'_>>(),
            Self::NiveauxFormationDiplome => copy_in::<rows::NiveauRow<'_>>(),
            Self::GroupesFormation => copy_in::<rows::GroupeRow<'_>>(),
            Self::LiensFormationGroupe => copy_in::<rows::LienRow<'_>>(),
            Self::DiplomesSise => copy_in::<rows::DiplomeSiseRow<'_>>(),
            Self::TypesDiplomeSise => copy_in::<rows::TypeDiplomeSiseRow<'_>>(),
            Self::Annuaire => copy_in::<rows::AnnuaireRow<'_>>(),
            Self::CatalogueApprentissage => copy_in::<rows::CatalogueRow<'_>>(),
            Self::Insersup => copy_in::<rows::InsersupRow<'_>>(),
            Self::TablesPassage => copy_in::<rows::CrosswalkRow<'_>>(),
            Self::Rattachements => copy_in::<rows::AttachmentRow>(),
        }
    }
}

/// The staging table of the long form; it disappears with the transaction.
pub(super) const CREATE_LONG_MESURES: &str = r#"
CREATE TEMPORARY TABLE mesures_longues (
    fichier_id         bigint  NOT NULL,
    ligne              integer NOT NULL,
    maille             text    NOT NULL COLLATE "C",
    lieu               text    NOT NULL COLLATE "C",
    code_certification text    NOT NULL COLLATE "C",
    filiere            text    NOT NULL COLLATE "C",
    millesime          text    NOT NULL COLLATE "C",
    mesure             integer NOT NULL,
    valeur             integer,
    non_diffusee       integer NOT NULL,
    empreinte          bigint  NOT NULL
) ON COMMIT DROP"#;

/// Turns the staged lines of the long form into rows: `$1` is the file, `$2` the dataset. The
/// row's line is the first of its lines.
pub(super) fn pivot_statement() -> String {
    let columns: Vec<&str> = Mesure::ALL.iter().map(|mesure| mesure.as_str()).collect();
    let values: Vec<String> =
        Mesure::ALL.iter().map(|mesure| format!("max(valeur) FILTER (WHERE mesure = {})", *mesure as i32)).collect();
    format!(
        "INSERT INTO mesures (fichier_id, ligne, dataset, maille, lieu, code_certification, filiere, millesime, {}, \
                              non_diffusees, empreinte) \
         SELECT $1, min(ligne), $2, maille, lieu, code_certification, filiere, millesime, {}, \
                coalesce(bit_or(1 << mesure) FILTER (WHERE non_diffusee = 1), 0), 0 \
         FROM mesures_longues GROUP BY maille, lieu, code_certification, filiere, millesime",
        columns.join(", "),
        values.join(", ")
    )
}
