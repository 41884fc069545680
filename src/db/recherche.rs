//! What a search looks through: the names of a publication, read whole, without a figure.

use sqlx::types::chrono::NaiveDate;

use super::{Db, DbError};
use crate::domain::recherche::{Entry, EtablissementEntry};
use crate::domain::territoire::Departement;
use crate::domain::{CodeCertification, CodeRegion, Uai};

#[derive(sqlx::FromRow)]
struct Row {
    code_certification: CodeCertification,
    cfd: Option<CodeCertification>,
    libelle: String,
    libelle_ancien: Option<String>,
    diplome_libelle: Option<String>,
    date_fermeture: Option<NaiveDate>,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        let Row { code_certification, cfd, libelle, libelle_ancien, diplome_libelle, date_fermeture } = row;
        Self { code: code_certification, cfd, libelle, libelle_ancien, diplome: diplome_libelle, date_fermeture }
    }
}

#[derive(sqlx::FromRow)]
struct EtablissementRow {
    uai: Uai,
    nom: Option<String>,
    commune: Option<String>,
    code_postal: Option<String>,
    departement: Option<&'static Departement>,
    region: Option<CodeRegion>,
    codes: Vec<CodeCertification>,
}

impl From<EtablissementRow> for EtablissementEntry {
    fn from(row: EtablissementRow) -> Self {
        let EtablissementRow { uai, nom, commune, code_postal, departement, region, codes } = row;
        Self { uai, nom, commune, code_postal, departement, region, codes }
    }
}

impl Db {
    /// The labels of the certifications of a publication, in the order of their codes.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn labels(&self, publication: i32) -> Result<Vec<Entry>, DbError> {
        let statement = "SELECT code_certification, cfd, libelle, libelle_ancien, diplome_libelle, date_fermeture \
                         FROM certifications WHERE publication_id = $1 ORDER BY code_certification";
        let rows: Vec<Row> = sqlx::query_as(statement).bind(publication).fetch_all(&self.lists).await?;
        Ok(rows.into_iter().map(Entry::from).collect())
    }

    /// The names and places of the établissements of a publication that have statistics, and the
    /// certifications that lists of formations show of each.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn names(&self, publication: i32) -> Result<Vec<EtablissementEntry>, DbError> {
        let statement = "SELECT e.uai, e.nom, e.commune, e.code_postal, e.departement, e.region, \
                                coalesce(s.codes, '{}') AS codes \
                         FROM etablissements e LEFT JOIN (SELECT lieu, array_agg(DISTINCT code_certification) AS codes \
                           FROM statistiques WHERE publication_id = $1 AND maille = 'etablissement' \
                             AND origine <> 'annee_terminale' GROUP BY lieu) s ON s.lieu = e.uai \
                         WHERE e.publication_id = $1 AND e.avec_statistiques ORDER BY e.uai";
        let rows: Vec<EtablissementRow> = sqlx::query_as(statement).bind(publication).fetch_all(&self.lists).await?;
        Ok(rows.into_iter().map(EtablissementEntry::from).collect())
    }
}
