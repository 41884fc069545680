//! What sources say of two codes, and what differs from the publication before, as flat rows.

use std::sync::{Arc, LazyLock};

use crate::domain::change::{Change, ChangeFile};
use crate::domain::crosswalk::CodeLink;
use crate::domain::flat::{Column, FlatRow, Kind};
use crate::domain::{CodeCertification, CodeRegion, Lieu, Population};

/// A link and the name of its file.
#[derive(Debug, Clone)]
pub struct FlatLink {
    /// The link.
    pub link: CodeLink,
    /// `sha256:` and the hash of its file.
    pub fichier: Option<Arc<str>>,
}

impl FlatRow for FlatLink {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: LazyLock<Vec<Column<FlatLink>>> = LazyLock::new(|| {
            vec![
                Column::<FlatLink>::new("code", Kind::Text, "Un code, précédé de son système.", |row| {
                    row.link.from.to_string().into()
                }),
                Column::<FlatLink>::new(
                    "relation",
                    Kind::Text,
                    "meme_formation ; remplace_par : « lie_a » a remplacé « code » ; remplace : l'inverse.",
                    |row| row.link.relation.as_str().into(),
                ),
                Column::<FlatLink>::new("lie_a", Kind::Text, "L'autre code, précédé de son système.", |row| {
                    row.link.to.to_string().into()
                }),
                Column::<FlatLink>::new(
                    "duree",
                    Kind::Integer,
                    "Durée de la formation en années, quand la source la donne.",
                    |row| row.link.duration.into(),
                ),
                Column::<FlatLink>::new("source", Kind::Text, "Jeu de données qui le dit.", |row| {
                    row.link.source.as_str().into()
                }),
                Column::<FlatLink>::new("licence", Kind::Text, "Licence de ce jeu de données.", |row| {
                    row.link.source.licence().as_str().into()
                }),
                Column::<FlatLink>::new("fichier", Kind::Text, "« sha256: » et l'empreinte du fichier lu.", |row| {
                    row.fichier.as_deref().into()
                }),
                Column::<FlatLink>::new("ligne", Kind::Integer, "Ligne de ce fichier.", |row| row.link.line.into()),
            ]
        });
        &COLUMNS
    }
}

/// A figure that differs.
#[derive(Debug, Clone)]
pub struct FlatChange(pub Change);

impl FlatRow for FlatChange {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: LazyLock<Vec<Column<FlatChange>>> =
            LazyLock::new(|| [cells(), differences()].into_iter().flatten().collect());
        &COLUMNS
    }
}

fn cells() -> Vec<Column<FlatChange>> {
    vec![
        Column::<FlatChange>::new("maille", Kind::Text, "nationale, regionale ou etablissement.", |row| {
            row.0.maille.as_str().into()
        }),
        Column::<FlatChange>::new("region", Kind::Text, "Code INSEE de la région.", |row| {
            row.0.region.as_ref().map(CodeRegion::as_str).into()
        }),
        Column::<FlatChange>::new("uai", Kind::Text, "UAI de l'établissement.", |row| match &row.0.lieu {
            Lieu::Etablissement(uai) => uai.as_str().into(),
            Lieu::France | Lieu::Region(_) => crate::domain::flat::Cell::Empty,
        }),
        Column::<FlatChange>::new(
            "code_certification",
            Kind::Text,
            "Certification ; vide pour un établissement dans son ensemble.",
            |row| row.0.code.as_ref().map(CodeCertification::as_str).into(),
        ),
        Column::<FlatChange>::new("filiere", Kind::Text, "Filière.", |row| row.0.filiere.as_str().into()),
        Column::<FlatChange>::new("millesime", Kind::Text, "Millésime.", |row| row.0.millesime.to_string().into()),
        Column::<FlatChange>::new(
            "dont_apprentis_eple",
            Kind::Text,
            "Les élèves comptés, pour un établissement dans son ensemble.",
            |row| row.0.population.map(Population::as_str).into(),
        ),
        Column::<FlatChange>::new("indicateur", Kind::Text, "Indicateur.", |row| (&row.0.indicateur).into()),
    ]
}

fn differences() -> Vec<Column<FlatChange>> {
    let nom = |file: &Option<ChangeFile>| file.as_ref().map(|file| file.nom.clone());
    let sha256 = |file: &Option<ChangeFile>| file.as_ref().map(|file| file.sha256.clone());
    vec![
        Column::<FlatChange>::new(
            "avant",
            Kind::Integer,
            "Chiffre dans la publication d'avant, quand il peut être dit.",
            |row| row.0.avant.into(),
        ),
        Column::<FlatChange>::new("apres", Kind::Integer, "Chiffre dans cette publication.", |row| row.0.apres.into()),
        Column::<FlatChange>::new(
            "nature",
            Kind::Text,
            "ajoute, retire, corrige, devient_masque ou devient_visible.",
            |row| row.0.kind.as_str().into(),
        ),
        Column::<FlatChange>::new("regle", Kind::Text, "Pourquoi : voir /changements.", |row| {
            row.0.rule.as_str().into()
        }),
        Column::<FlatChange>::new("fichier_avant_nom", Kind::Text, "Fichier d'avant.", move |row| {
            nom(&row.0.fichiers[0]).into()
        }),
        Column::<FlatChange>::new("fichier_avant_sha256", Kind::Text, "Son empreinte.", move |row| {
            sha256(&row.0.fichiers[0]).into()
        }),
        Column::<FlatChange>::new("fichier_apres_nom", Kind::Text, "Fichier de maintenant.", move |row| {
            nom(&row.0.fichiers[1]).into()
        }),
        Column::<FlatChange>::new("fichier_apres_sha256", Kind::Text, "Son empreinte.", move |row| {
            sha256(&row.0.fichiers[1]).into()
        }),
    ]
}
