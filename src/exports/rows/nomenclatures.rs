//! A certification as one flat row.

use std::sync::LazyLock;

use crate::domain::flat::{Cell, Column, FlatRow, Kind};
use crate::domain::{Certification, CodeCertification};

/// Codes between spaces.
fn codes(codes: &[CodeCertification]) -> Cell<'static> {
    codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ").into()
}

impl FlatRow for Certification {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: LazyLock<Vec<Column<Certification>>> =
            LazyLock::new(|| [identity(), diploma()].into_iter().flatten().collect());
        &COLUMNS
    }
}

fn identity() -> Vec<Column<Certification>> {
    vec![
        Column::<Certification>::new(
            "code_certification",
            Kind::Text,
            "Code, sans préfixe : CFD, MEFSTAT11 ou SISE.",
            |row| row.code.as_str().into(),
        ),
        Column::<Certification>::new("type", Kind::Text, "Nomenclature du code : cfd, mef11 ou sise.", |row| {
            row.code.type_code().as_str().into()
        }),
        Column::<Certification>::new(
            "code_formation_diplome",
            Kind::Text,
            "CFD dont elle relève ; vide pour un code SISE.",
            |row| row.cfd.as_ref().map(CodeCertification::as_str).into(),
        ),
        Column::<Certification>::new("libelle", Kind::Text, "Libellé long.", |row| (&row.libelle).into()),
        Column::<Certification>::new("niveau_code", Kind::Text, "Niveau du diplôme.", |row| {
            row.diplome.as_ref().map(|diplome| &diplome.code).into()
        }),
        Column::<Certification>::new("niveau_libelle", Kind::Text, "Type du diplôme.", |row| {
            row.diplome.as_ref().map(|diplome| &diplome.libelle).into()
        }),
    ]
}

fn diploma() -> Vec<Column<Certification>> {
    vec![
        Column::<Certification>::new("date_ouverture", Kind::Day, "Jour d'ouverture.", |row| row.date_ouverture.into()),
        Column::<Certification>::new("date_fermeture", Kind::Day, "Jour de fermeture.", |row| {
            row.date_fermeture.into()
        }),
        Column::<Certification>::new("premiere_session", Kind::Integer, "Année de la première session.", |row| {
            row.premiere_session.into()
        }),
        Column::<Certification>::new("derniere_session", Kind::Integer, "Année de la dernière session.", |row| {
            row.derniere_session.into()
        }),
        Column::<Certification>::new("famille_metier", Kind::Text, "Code de sa famille de métiers.", |row| {
            row.famille.as_ref().map(|famille| &famille.code).into()
        }),
        Column::<Certification>::new(
            "famille_metier_libelle",
            Kind::Text,
            "Libellé de sa famille de métiers.",
            |row| row.famille.as_ref().map(|famille| &famille.libelle).into(),
        ),
        Column::<Certification>::new(
            "annee_commune",
            Kind::Boolean,
            "Vrai pour l'année commune de sa famille de métiers.",
            |row| row.famille.as_ref().is_some_and(|famille| famille.annee_commune).into(),
        ),
        Column::<Certification>::new(
            "anciens",
            Kind::Text,
            "Codes qu'elle a remplacés, séparés par des espaces.",
            |row| codes(&row.anciens),
        ),
        Column::<Certification>::new(
            "nouveaux",
            Kind::Text,
            "Codes qui l'ont remplacée, séparés par des espaces.",
            |row| codes(&row.nouveaux),
        ),
    ]
}
