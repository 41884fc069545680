//! Reading the établissements of a publication.

use super::{Db, DbError};
use crate::domain::catalogue::wholes::with_wholes;
use crate::domain::territoire::{Academie, Departement};
use crate::domain::valeur::unpack;
use crate::domain::{
    CodeRegion, Dataset, Etablissement, FileId, Filiere, MesureEtablissement, MesuresEtablissement, Millesime,
    OrigineLieu, Population, Position, Secteur, Uai, Valeur,
};

#[derive(sqlx::FromRow)]
pub(in crate::db) struct EtablissementSqlRow {
    uai: Uai,
    nom: Option<String>,
    adresse: Option<String>,
    code_postal: Option<String>,
    commune: Option<String>,
    region: Option<CodeRegion>,
    academie: Option<&'static Academie>,
    departement: Option<&'static Departement>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    secteur: Option<Secteur>,
    site_web: Option<String>,
    origine_lieu: OrigineLieu,
    avec_statistiques: bool,
}

impl From<EtablissementSqlRow> for Etablissement {
    fn from(row: EtablissementSqlRow) -> Self {
        Self {
            uai: row.uai,
            nom: row.nom,
            adresse: row.adresse,
            code_postal: row.code_postal,
            commune: row.commune,
            region: row.region,
            academie: row.academie,
            departement: row.departement,
            position: row.latitude.zip(row.longitude).map(|(latitude, longitude)| Position { latitude, longitude }),
            secteur: row.secteur,
            site_web: row.site_web,
            origine_lieu: row.origine_lieu,
            avec_statistiques: row.avec_statistiques,
        }
    }
}

/// The figures of an établissement as a whole.
macro_rules! wholes_of {
    ([$first:tt $($column:tt)+] $publication:expr, $uai:expr) => {
        sqlx::query!(
            r#"SELECT filiere AS "filiere: Filiere", millesime AS "millesime: Millesime",
                      dont_apprentis_eple AS "population: Population", ARRAY["# + $first $(+ ", " + $column)+ +
            r#"] AS "valeurs!: [Option<i32>; MesureEtablissement::COUNT]", absences, source AS "source: Dataset", fichier_id
               FROM statistiques_etablissement WHERE publication_id = $1 AND uai = $2
               ORDER BY right(millesime, 4) DESC, millesime DESC, filiere, dont_apprentis_eple"#,
            $publication,
            $uai
        )
    };
}

impl Db {
    /// Who and where an établissement is; `None` when nothing is published of it.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn etablissement(&self, publication: i32, uai: Uai) -> Result<Option<Etablissement>, DbError> {
        let row = sqlx::query_as!(
            EtablissementSqlRow,
            r#"SELECT uai AS "uai: Uai", nom, adresse, code_postal, commune, region AS "region: CodeRegion",
                      academie AS "academie: &'static Academie", departement AS "departement: &'static Departement",
                      latitude, longitude, secteur AS "secteur: Secteur", site_web,
                      origine_lieu AS "origine_lieu: OrigineLieu", avec_statistiques
               FROM etablissements WHERE publication_id = $1 AND uai = $2"#,
            publication,
            uai as _
        )
        .fetch_optional(&self.read)
        .await?;
        Ok(row.map(Etablissement::from))
    }

    /// The figures of an établissement as a whole: every millésime (the latest first), filière and
    /// population.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn statistiques_etablissement(
        &self,
        publication: i32,
        uai: Uai,
    ) -> Result<Vec<MesuresEtablissement>, DbError> {
        let rows = with_wholes!(wholes_of publication, uai as _).fetch_all(&self.read).await?;
        let wholes = rows.into_iter().map(|row| {
            let mut valeurs = [Valeur::NON_COUVERT; MesureEtablissement::COUNT];
            for (index, (slot, value)) in valeurs.iter_mut().zip(row.valeurs).enumerate() {
                *slot = unpack(value, row.absences, index);
            }
            MesuresEtablissement {
                uai,
                filiere: row.filiere,
                millesime: row.millesime,
                population: row.population,
                valeurs,
                source: row.source,
                fichier: FileId(row.fichier_id),
            }
        });
        Ok(wholes.collect())
    }
}
