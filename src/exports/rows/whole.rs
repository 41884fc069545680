//! The figures of an établissement as a whole as one flat row.

use std::sync::{Arc, LazyLock};

use crate::domain::flat::{Column, FlatRow, Kind};
use crate::domain::{MesureEtablissement, MesuresEtablissement};

/// The figures and the name of their file.
#[derive(Debug, Clone)]
pub struct FlatWhole {
    /// The figures.
    pub mesures: MesuresEtablissement,
    /// `sha256:` and the hash of their file.
    pub fichier: Option<Arc<str>>,
}

impl FlatRow for FlatWhole {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: LazyLock<Vec<Column<FlatWhole>>> = LazyLock::new(columns);
        &COLUMNS
    }
}

fn columns() -> Vec<Column<FlatWhole>> {
    let mut columns = vec![
        Column::<FlatWhole>::new("uai", Kind::Text, "UAI de l'établissement.", |row: &FlatWhole| {
            row.mesures.uai.as_str().into()
        }),
        Column::<FlatWhole>::new("filiere", Kind::Text, "apprentissage, pro ou agricole.", |row| {
            row.mesures.filiere.as_str().into()
        }),
        Column::<FlatWhole>::new(
            "millesime",
            Kind::Text,
            "Année de sortie (2023), ou deux années réunies (2022_2023).",
            |row| row.mesures.millesime.to_string().into(),
        ),
        Column::<FlatWhole>::new(
            "dont_apprentis_eple",
            Kind::Text,
            "Qui est compté : ensemble, dont_apprentis ou dont_eleves_voie_pro_sco. Ces populations se recouvrent, ne \
             les additionnez pas.",
            |row| row.mesures.population.as_str().into(),
        ),
    ];
    for (index, mesure) in MesureEtablissement::ALL.iter().enumerate() {
        let definition = mesure.definition();
        let text = format!("{}. {}", definition.nom, definition.text);
        let figure = move |row: &FlatWhole| row.mesures.valeurs.get(index).and_then(|valeur| valeur.known());
        let column = Column::<FlatWhole>::new(mesure.as_str(), Kind::Integer, text, move |row| figure(row).into());
        columns.push(column.counting(definition.unite));
    }
    columns.push(Column::<FlatWhole>::new(
        "absences",
        Kind::Text,
        "Pour chaque chiffre absent, « indicateur=raison », séparés par des espaces.",
        |row| {
            let named = MesureEtablissement::ALL.iter().zip(&row.mesures.valeurs);
            let absences = named.filter_map(|(mesure, valeur)| Some(format!("{mesure}={}", valeur.raison()?)));
            absences.collect::<Vec<_>>().join(" ").into()
        },
    ));
    columns.push(Column::<FlatWhole>::new("source", Kind::Text, "Jeu de données.", |row| {
        row.mesures.source.as_str().into()
    }));
    columns.push(Column::<FlatWhole>::new(
        "fichier",
        Kind::Text,
        "« sha256: » et l'empreinte du fichier lu.",
        |row| row.fichier.as_deref().into(),
    ));
    columns
}
