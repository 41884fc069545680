//! Reading the statistics of a publication.
//!
//! The hot path is [`Db::statistiques_at_lieu`]. Which of the rows answers (millésime, filière) is
//! decided by the caller, so that one prepared statement serves every form of the question, and
//! many questions at once: [`super::lookups`].

use std::collections::BTreeMap;
use std::sync::Arc;

use sqlx::PgConnection;
use sqlx::types::chrono::NaiveDate;

use super::codes::{read, read_all, read_opt};
use super::exports::CopiedRow;
use super::lookups::{LookedUp, by_key};
use super::{Db, DbError};
use crate::domain::catalogue::indicators::with_indicators;
use crate::domain::contexte::{BeyondChance, Evolution, Parts, Rang};
use crate::domain::territoire::Academie;
use crate::domain::{
    CodeCertification, CodeRegion, Contexte, Diplome, Figures, FileId, Filiere, Indicateur, Lieu, Maille, Millesime,
    Origine, Roles, Statistique, TypeOrigine, Uai,
};

/// What a statistic's answer says of its certification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationSummary {
    /// Its code.
    pub code: CodeCertification,
    /// Long label.
    pub libelle: String,
    /// Kind and level.
    pub diplome: Option<Diplome>,
    /// Closing day.
    pub date_fermeture: Option<NaiveDate>,
    /// Whether it is the common first year of its famille de métiers.
    pub annee_commune: bool,
}

/// What a statistic's answer says of its établissement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EtablissementSummary {
    /// Its UAI.
    pub uai: Uai,
    /// Name.
    pub nom: Option<String>,
    /// Commune.
    pub commune: Option<String>,
    /// Région.
    pub region: Option<CodeRegion>,
    /// Académie.
    pub academie: Option<&'static Academie>,
    /// Metres from the point that a list is about.
    pub distance_m: Option<i32>,
}

/// A statistic, its certification and its établissement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedStatistique {
    /// The statistic.
    pub statistique: Statistique,
    /// The certification.
    pub certification: CertificationSummary,
    /// The établissement, for a statistic of that maille.
    pub etablissement: Option<EtablissementSummary>,
}

impl NamedStatistique {
    /// Whether it has no figures and points to its terminal years.
    #[must_use]
    pub fn is_pointing(&self) -> bool {
        self.statistique.origine.type_origine == TypeOrigine::AnneeTerminale
    }
}

/// A filière and the millésime of it that a list shows.
pub type Slice = (Filiere, Millesime);

/// A row of `statistiques` with the names of its certification.
#[derive(sqlx::FromRow)]
pub(in crate::db) struct StatistiqueSqlRow {
    lieu: String,
    code_certification: String,
    filiere: String,
    millesime: String,
    /// In the order of [`Indicateur::ALL`].
    chiffres: [Option<i32>; Indicateur::COUNT],
    absences: i64,
    presentes: i32,
    sans_perspectives: Option<bool>,
    origine: String,
    code_origine: Option<String>,
    uai_origine: Option<String>,
    role_origine: Option<String>,
    source: Option<String>,
    fichier_id: Option<i64>,
    cellules_incluses: Option<i32>,
    cellules_total: Option<i32>,
    role_uai: Option<String>,
    lieux_formation: Option<Vec<String>>,
    formateurs: Option<Vec<String>>,
    gestionnaires: Option<Vec<String>>,
    certifications_terminales: Option<Vec<String>>,
    contexte_region: Option<i32>,
    contexte_france: Option<i32>,
    evolution_emploi_millesime: Option<String>,
    evolution_emploi_ecart: Option<i32>,
    evolution_emploi_net: Option<bool>,
    evolution_poursuite_millesime: Option<String>,
    evolution_poursuite_ecart: Option<i32>,
    evolution_poursuite_net: Option<bool>,
    rang_region: Option<i32>,
    rang_region_sur: Option<i32>,
    rang_region_mieux: Option<i32>,
    rang_region_moins_bien: Option<i32>,
    contexte_absences: i32,
    libelle: String,
    diplome_code: Option<String>,
    diplome_libelle: Option<String>,
    date_fermeture: Option<NaiveDate>,
    annee_commune: bool,
    // Of a list of régions there are none.
    #[sqlx(default)]
    etablissement_nom: Option<String>,
    #[sqlx(default)]
    etablissement_commune: Option<String>,
    #[sqlx(default)]
    etablissement_region: Option<String>,
    #[sqlx(default)]
    etablissement_academie: Option<String>,
    #[sqlx(default)]
    distance_m: Option<i32>,
}

/// What a statement that is put together selects for a [`StatistiqueSqlRow`], from `statistiques s` and
/// `certifications c`: as `statistiques!`.
pub(in crate::db) fn columns() -> String {
    let chiffres: Vec<String> = Indicateur::ALL.iter().map(|indicateur| format!("s.{indicateur}")).collect();
    format!(
        "s.lieu, s.code_certification, s.filiere, s.millesime, ARRAY[{}] AS chiffres, s.absences, s.presentes, \
         s.sans_perspectives, s.origine, s.code_origine, s.uai_origine, s.role_origine, nullif(s.source, '') AS source, s.fichier_id, \
         s.cellules_incluses, s.cellules_total, s.role_uai, s.lieux_formation, s.formateurs, s.gestionnaires, \
         s.certifications_terminales, s.contexte_region, s.contexte_france, s.evolution_emploi_millesime, \
         s.evolution_emploi_ecart, s.evolution_emploi_net, s.evolution_poursuite_millesime, \
         s.evolution_poursuite_ecart, s.evolution_poursuite_net, s.rang_region, s.rang_region_sur, \
         s.rang_region_mieux, s.rang_region_moins_bien, s.contexte_absences, c.libelle, c.diplome_code, c.diplome_libelle, c.date_fermeture, \
         c.annee_commune",
        chiffres.join(", ")
    )
}

/// What [`StatistiqueSqlRow::from_copy`] reads, in its order, from `statistiques s`, `certifications c` and
/// `etablissements e`.
pub(in crate::db) fn copied_columns() -> String {
    let figures: Vec<String> = Indicateur::ALL.iter().map(|indicateur| format!("s.{indicateur}")).collect();
    format!(
        "s.lieu, s.code_certification, s.filiere, s.millesime, {}, s.absences, s.presentes, s.sans_perspectives, \
         s.origine, s.code_origine, s.uai_origine, s.role_origine, nullif(s.source, ''), s.fichier_id, s.role_uai, \
         s.contexte_region, s.contexte_france, s.evolution_emploi_millesime, s.evolution_emploi_ecart, \
         s.evolution_emploi_net, s.evolution_poursuite_millesime, s.evolution_poursuite_ecart, \
         s.evolution_poursuite_net, s.rang_region, s.rang_region_sur, s.rang_region_mieux, s.rang_region_moins_bien, \
         s.contexte_absences, c.libelle, c.diplome_code, c.diplome_libelle, e.nom, e.commune, e.region, e.academie",
        figures.join(", ")
    )
}

impl StatistiqueSqlRow {
    /// A row of a `COPY` of [`copied_columns`]. What no export shows is empty: other roles than its own, the
    /// cells of a sum, the terminal years.
    ///
    /// # Errors
    /// A row that has another form.
    pub(in crate::db) fn from_copy(row: &mut CopiedRow<'_>) -> Result<Self, DbError> {
        let (lieu, code_certification) = (row.text()?, row.text()?);
        let (filiere, millesime) = (row.text()?, row.text()?);
        let mut chiffres = [None; Indicateur::COUNT];
        for chiffre in &mut chiffres {
            *chiffre = row.number()?;
        }
        // The fields are read in the order in which they are written here.
        Ok(Self {
            lieu,
            code_certification,
            filiere,
            millesime,
            chiffres,
            absences: row.required()?,
            presentes: row.required()?,
            sans_perspectives: row.flag()?,
            origine: row.text()?,
            code_origine: row.field()?,
            uai_origine: row.field()?,
            role_origine: row.field()?,
            source: row.field()?,
            fichier_id: row.number()?,
            role_uai: row.field()?,
            contexte_region: row.number()?,
            contexte_france: row.number()?,
            evolution_emploi_millesime: row.field()?,
            evolution_emploi_ecart: row.number()?,
            evolution_emploi_net: row.flag()?,
            evolution_poursuite_millesime: row.field()?,
            evolution_poursuite_ecart: row.number()?,
            evolution_poursuite_net: row.flag()?,
            rang_region: row.number()?,
            rang_region_sur: row.number()?,
            rang_region_mieux: row.number()?,
            rang_region_moins_bien: row.number()?,
            contexte_absences: row.required()?,
            libelle: row.text()?,
            diplome_code: row.field()?,
            diplome_libelle: row.field()?,
            etablissement_nom: row.field()?,
            etablissement_commune: row.field()?,
            etablissement_region: row.field()?,
            etablissement_academie: row.field()?,
            cellules_incluses: None,
            cellules_total: None,
            lieux_formation: None,
            formateurs: None,
            gestionnaires: None,
            certifications_terminales: None,
            date_fermeture: None,
            annee_commune: false,
            distance_m: None,
        })
    }
}

/// Reads statistics, their certifications and what the second part of the statement (from its
/// columns of the établissement on) adds.
macro_rules! statistiques {
    ($rest:tt, $($bind:expr),+) => { with_indicators! { statistiques_of $rest, $($bind),+ } };
}

/// The same, with the names of the columns of the figures.
macro_rules! statistiques_of {
    ([$first:tt $($column:tt)+] $rest:tt, $($bind:expr),+) => {
        sqlx::query_as!(
            StatistiqueSqlRow,
            r#"SELECT s.lieu, s.code_certification, s.filiere, s.millesime,
                    ARRAY[s."# + $first $(+ ", s." + $column)+ +
            r#"] AS "chiffres!: [Option<i32>; Indicateur::COUNT]", s.absences,
                    s.presentes, s.sans_perspectives, s.origine, s.code_origine, s.uai_origine, s.role_origine,
                    nullif(s.source, '') AS source, s.fichier_id, s.cellules_incluses, s.cellules_total, s.role_uai, s.lieux_formation,
                    s.formateurs, s.gestionnaires, s.certifications_terminales, s.contexte_region,
                    s.contexte_france, s.evolution_emploi_millesime, s.evolution_emploi_ecart, s.evolution_emploi_net,
                    s.evolution_poursuite_millesime, s.evolution_poursuite_ecart, s.evolution_poursuite_net,
                    s.rang_region, s.rang_region_sur, s.rang_region_mieux, s.rang_region_moins_bien,
                    s.contexte_absences,
                    c.libelle, c.diplome_code, c.diplome_libelle, c.date_fermeture, c.annee_commune,"# + $rest,
            $($bind),+
        )
    };
}

impl StatistiqueSqlRow {
    /// The place and the code of a row.
    pub(in crate::db) fn key(&self) -> Result<LookupKey, DbError> {
        Ok((read(&self.lieu)?, read(&self.code_certification)?))
    }

    fn origine(&self, own: CodeCertification) -> Result<Origine, DbError> {
        let uai = read_opt(self.uai_origine.as_deref())?;
        Ok(Origine {
            type_origine: read(&self.origine)?,
            code: read_opt(self.code_origine.as_deref())?.unwrap_or(own),
            uai: uai.zip(read_opt(self.role_origine.as_deref())?),
            source: read_opt(self.source.as_deref())?,
            fichier: self.fichier_id.map(FileId),
            cellules: self.cellules_incluses.zip(self.cellules_total),
        })
    }

    fn roles(&self) -> Result<Option<Roles>, DbError> {
        let Some(role) = read_opt(self.role_uai.as_deref())? else { return Ok(None) };
        let uais = |texts: &Option<Vec<String>>| texts.as_deref().map(read_all).transpose();
        Ok(Some(Roles {
            role,
            lieux_formation: uais(&self.lieux_formation)?,
            formateurs: uais(&self.formateurs)?,
            gestionnaires: uais(&self.gestionnaires)?,
        }))
    }

    fn contexte(&self) -> Result<Contexte, DbError> {
        let others = self.rang_region_mieux.zip(self.rang_region_moins_bien);
        let beyond_chance = others.map(|(better, worse)| BeyondChance { better, worse });
        let rang = self.rang_region.zip(self.rang_region_sur);
        let emploi = (&self.evolution_emploi_millesime, self.evolution_emploi_ecart, self.evolution_emploi_net);
        let poursuite =
            (&self.evolution_poursuite_millesime, self.evolution_poursuite_ecart, self.evolution_poursuite_net);
        let parts = Parts {
            region: self.contexte_region,
            france: self.contexte_france,
            emploi: evolution(emploi)?,
            poursuite: evolution(poursuite)?,
            rang: rang.map(|(rang, sur)| Rang { rang, sur, beyond_chance }),
        };
        Ok(Contexte::unpack(parts, self.contexte_absences))
    }
}

fn evolution((before, ecart, net): (&Option<String>, Option<i32>, Option<bool>)) -> Result<Option<Evolution>, DbError> {
    let Some((before, ecart)) = before.as_deref().zip(ecart) else { return Ok(None) };
    Ok(Some(Evolution { millesime: read(before)?, ecart, net }))
}

impl TryFrom<StatistiqueSqlRow> for NamedStatistique {
    type Error = DbError;

    fn try_from(row: StatistiqueSqlRow) -> Result<Self, DbError> {
        let code = read(&row.code_certification)?;
        let statistique = Statistique {
            lieu: read(&row.lieu)?,
            code,
            filiere: read(&row.filiere)?,
            millesime: read(&row.millesime)?,
            figures: Arc::new(Figures::unpack(row.chiffres, row.absences)),
            presentes: row.presentes,
            sans_perspectives: row.sans_perspectives,
            origine: row.origine(code)?,
            roles: row.roles()?,
            terminales: read_all(row.certifications_terminales.as_deref().unwrap_or_default())?,
            contexte: row.contexte()?,
        };
        let diplome = row.diplome_code.zip(row.diplome_libelle).map(|(code, libelle)| Diplome { code, libelle });
        let StatistiqueSqlRow { libelle, date_fermeture, annee_commune, .. } = row;
        let certification = CertificationSummary { code, libelle, diplome, date_fermeture, annee_commune };
        let region = read_opt(row.etablissement_region.as_deref())?;
        let academie = read_opt(row.etablissement_academie.as_deref())?;
        let etablissement = statistique.uai().map(|uai| EtablissementSummary {
            uai,
            nom: row.etablissement_nom,
            commune: row.etablissement_commune,
            region,
            academie,
            distance_m: row.distance_m,
        });
        Ok(Self { statistique, certification, etablissement })
    }
}

/// A certification at a place.
pub type LookupKey = (Lieu, CodeCertification);

pub(in crate::db) fn named(rows: Vec<StatistiqueSqlRow>) -> Result<Vec<NamedStatistique>, DbError> {
    rows.into_iter().map(NamedStatistique::try_from).collect()
}

impl LookedUp for NamedStatistique {
    type Row = StatistiqueSqlRow;

    /// With the établissement where the place is one. One range of the primary key for each key.
    async fn read(
        connection: &mut PgConnection,
        publication: i32,
        keys: &[LookupKey],
    ) -> Result<Vec<StatistiqueSqlRow>, sqlx::Error> {
        let (lieux, codes): (Vec<Lieu>, Vec<CodeCertification>) = keys.iter().copied().unzip();
        let query = statistiques!(
            r#" e.nom AS "etablissement_nom?", e.commune AS "etablissement_commune?",
            e.region AS "etablissement_region?", e.academie AS "etablissement_academie?", NULL::integer AS distance_m
         FROM unnest($2::text[], $3::text[]) demandes (lieu, code)
         JOIN statistiques s ON s.publication_id = $1 AND s.lieu = demandes.lieu
                            AND s.code_certification = demandes.code
         JOIN certifications c ON c.publication_id = $1 AND c.code_certification = demandes.code
         LEFT JOIN etablissements e ON e.publication_id = $1 AND e.uai = demandes.lieu"#,
            publication,
            lieux as _,
            codes as _
        );
        query.fetch_all(connection).await
    }

    fn key(row: &StatistiqueSqlRow) -> Result<LookupKey, DbError> {
        row.key()
    }
}

impl Db {
    /// Every statistic of a certification at one place, with the établissement if it is one: all
    /// millésimes and filières, in no order. Lookups of one moment are asked together.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn statistiques_at_lieu(
        &self,
        publication: i32,
        lieu: Lieu,
        code: CodeCertification,
    ) -> Result<Vec<NamedStatistique>, DbError> {
        self.lookups.ask(publication, (lieu, code)).await
    }

    /// Every statistic of several certifications at several places, with one statement, each pair once:
    /// pairs that have none are left out.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn statistiques_at_lieux(
        &self,
        publication: i32,
        keys: &[LookupKey],
    ) -> Result<BTreeMap<LookupKey, Vec<NamedStatistique>>, DbError> {
        let rows =
            self.reserve.run(async |connection| NamedStatistique::read(connection, publication, keys).await).await?;
        by_key::<NamedStatistique>(rows)?.into_iter().map(|(key, found)| Ok((key, found?))).collect()
    }

    /// Where and when there are statistics of a certification, the latest of each place: France,
    /// then the région that is asked about, then the others; établissements when no such place
    /// has any. At most `limit`.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn where_and_when(
        &self,
        publication: i32,
        code: CodeCertification,
        region: Option<CodeRegion>,
        limit: i64,
    ) -> Result<Vec<(Lieu, Filiere, Millesime)>, DbError> {
        let territoires = sqlx::query!(
            r#"SELECT lieu AS "lieu: Lieu", filiere AS "filiere: Filiere", millesime AS "millesime: Millesime"
               FROM (SELECT DISTINCT ON (lieu) lieu, filiere, millesime FROM statistiques
                     WHERE publication_id = $1 AND code_certification = $2 AND maille IN ('nationale', 'regionale')
                     ORDER BY lieu, right(millesime, 4) DESC, filiere) latest
               ORDER BY lieu <> '', lieu <> $3, lieu LIMIT $4"#,
            publication,
            code as _,
            region.map_or(Lieu::France, Lieu::Region) as _,
            limit
        )
        .fetch_all(&self.read)
        .await?;
        if territoires.is_empty() {
            return self.etablissements_of(publication, code, limit).await;
        }
        Ok(territoires.into_iter().map(|row| (row.lieu, row.filiere, row.millesime)).collect())
    }

    /// Some établissements with statistics of a certification, in the order of an index.
    async fn etablissements_of(
        &self,
        publication: i32,
        code: CodeCertification,
        limit: i64,
    ) -> Result<Vec<(Lieu, Filiere, Millesime)>, DbError> {
        let rows = sqlx::query!(
            r#"SELECT lieu AS "lieu: Lieu", filiere AS "filiere: Filiere", millesime AS "millesime: Millesime"
               FROM statistiques
               WHERE publication_id = $1 AND code_certification = $2 AND maille = 'etablissement'
               ORDER BY millesime DESC, filiere DESC, lieu DESC LIMIT $3"#,
            publication,
            code as _,
            limit
        )
        .fetch_all(&self.read)
        .await?;
        Ok(rows.into_iter().map(|row| (row.lieu, row.filiere, row.millesime)).collect())
    }

    /// Whether the publication has any statistic of a maille for a certification.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn has_statistiques(
        &self,
        publication: i32,
        code: CodeCertification,
        maille: Maille,
    ) -> Result<bool, DbError> {
        let found = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM statistiques
               WHERE publication_id = $1 AND code_certification = $2 AND maille = $3) AS "found!""#,
            publication,
            code as _,
            maille as _
        );
        Ok(found.fetch_one(&self.read).await?)
    }
}
