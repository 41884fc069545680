//! Where: an établissement and a territory as flat rows.

use std::sync::LazyLock;

use crate::domain::flat::{Column, FlatRow, Kind};
use crate::domain::territoire::{Academie, Departement};
use crate::domain::{CodeRegion, Etablissement, Secteur};

impl FlatRow for Etablissement {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: LazyLock<Vec<Column<Etablissement>>> =
            LazyLock::new(|| [identity(), where_it_is()].into_iter().flatten().collect());
        &COLUMNS
    }
}

fn identity() -> Vec<Column<Etablissement>> {
    vec![
        Column::<Etablissement>::new("uai", Kind::Text, "UAI.", |row| row.uai.as_str().into()),
        Column::<Etablissement>::new("nom", Kind::Text, "Nom, quand une source le donne.", |row| {
            row.nom.as_ref().into()
        }),
        Column::<Etablissement>::new("adresse", Kind::Text, "Adresse, sans code postal ni commune.", |row| {
            row.adresse.as_ref().into()
        }),
        Column::<Etablissement>::new("code_postal", Kind::Text, "Code postal.", |row| row.code_postal.as_ref().into()),
        Column::<Etablissement>::new("commune", Kind::Text, "Commune.", |row| row.commune.as_ref().into()),
        Column::<Etablissement>::new("region", Kind::Text, "Code INSEE de la région.", |row| {
            row.region.as_ref().map(CodeRegion::as_str).into()
        }),
        Column::<Etablissement>::new("academie", Kind::Text, "Code de l'académie.", |row| {
            row.academie.map(|place| place.code).into()
        }),
        Column::<Etablissement>::new("departement", Kind::Text, "Code INSEE du département.", |row| {
            row.departement.map(|place| place.code).into()
        }),
    ]
}

fn where_it_is() -> Vec<Column<Etablissement>> {
    vec![
        Column::<Etablissement>::new("latitude", Kind::Decimal, "Degrés vers le nord, WGS 84.", |row| {
            row.position.map(|position| position.latitude).into()
        }),
        Column::<Etablissement>::new("longitude", Kind::Decimal, "Degrés vers l'est, WGS 84.", |row| {
            row.position.map(|position| position.longitude).into()
        }),
        Column::<Etablissement>::new("secteur", Kind::Text, "public ou prive, quand un annuaire le dit.", |row| {
            row.secteur.map(Secteur::as_str).into()
        }),
        Column::<Etablissement>::new("site_web", Kind::Text, "Site web, quand un annuaire le donne.", |row| {
            row.site_web.as_ref().into()
        }),
        Column::<Etablissement>::new(
            "origine_lieu",
            Kind::Text,
            "D'où vient sa région : annuaire, fichier ou uai.",
            |row| row.origine_lieu.as_str().into(),
        ),
        Column::<Etablissement>::new(
            "dans_annuaire",
            Kind::Boolean,
            "Faux quand aucun annuaire ne le connaît.",
            |row| row.is_in_annuaire().into(),
        ),
    ]
}

/// A région, an académie or a département.
#[derive(Debug, Clone, Copy)]
pub struct FlatTerritoire {
    kind: &'static str,
    code: &'static str,
    nom: &'static str,
    academie: Option<&'static str>,
    region: Option<&'static str>,
}

impl FlatTerritoire {
    /// All of them, by kind and code.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let region = |code: CodeRegion| Self {
            kind: "region",
            code: code.as_str(),
            nom: code.region().nom,
            academie: None,
            region: None,
        };
        let academie = |place: &'static Academie| Self {
            kind: "academie",
            code: place.code,
            nom: place.nom,
            academie: None,
            region: Some(place.region),
        };
        let departement = |place: &'static Departement| Self {
            kind: "departement",
            code: place.code,
            nom: place.nom,
            academie: place.academie().map(|academie| academie.code),
            region: place.region().map(|region| region.as_str()),
        };
        let mut all: Vec<Self> = CodeRegion::all().map(region).collect();
        all.extend(Academie::all().iter().map(academie));
        all.extend(Departement::all().iter().map(departement));
        all.sort_by_key(|place| (place.kind, place.code));
        all
    }
}

impl FlatRow for FlatTerritoire {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: LazyLock<Vec<Column<FlatTerritoire>>> = LazyLock::new(|| {
            vec![
                Column::<FlatTerritoire>::new("type", Kind::Text, "region, academie ou departement.", |row| {
                    row.kind.into()
                }),
                Column::<FlatTerritoire>::new(
                    "code",
                    Kind::Text,
                    "Code INSEE ; celui du ministère pour une académie.",
                    |row| row.code.into(),
                ),
                Column::<FlatTerritoire>::new("nom", Kind::Text, "Nom.", |row| row.nom.into()),
                Column::<FlatTerritoire>::new("academie", Kind::Text, "Code de l'académie d'un département.", |row| {
                    row.academie.into()
                }),
                Column::<FlatTerritoire>::new(
                    "region",
                    Kind::Text,
                    "Code INSEE de la région d'une académie ou d'un département.",
                    |row| row.region.into(),
                ),
            ]
        });
        &COLUMNS
    }
}
