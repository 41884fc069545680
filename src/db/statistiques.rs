//! Reading the statistics of a publication.
//!
//! The hot path is [`Db::statistiques_at_lieu`]. Which of the rows answers (millésime, filière) is
//! decided by the caller, so that one prepared statement serves every form of the question, and
//! many questions at once: [`super::lookups`].

use std::collections::BTreeMap;
use std::sync::Arc;

use sqlx::PgConnection;
use sqlx::types::chrono::NaiveDate;

use super::load::{code, codes, filiere, lieu, millesime, uai};
use super::{Db, DbError};
use crate::domain::territoire::Academie;
use crate::domain::{
    CodeCertification, CodeRegion, Contexte, Diplome, Figures, FileId, Filiere, Indicateur, Invalid, Lieu, Maille,
    Millesime, Origine, RoleUai, Roles, Statistique, TypeOrigine, Uai,
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
    chiffres: Vec<Option<i32>>,
    absences: i64,
    presentes: i32,
    sans_perspectives: Option<bool>,
    origine: String,
    code_origine: Option<String>,
    uai_origine: Option<String>,
    role_origine: Option<String>,
    source: String,
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
    evolution_millesime: Option<String>,
    evolution_ecart: Option<i32>,
    rang_region: Option<i32>,
    rang_region_sur: Option<i32>,
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
         s.sans_perspectives, s.origine, s.code_origine, s.uai_origine, s.role_origine, s.source, s.fichier_id, \
         s.cellules_incluses, s.cellules_total, s.role_uai, s.lieux_formation, s.formateurs, s.gestionnaires, \
         s.certifications_terminales, s.contexte_region, s.contexte_france, s.evolution_millesime, s.evolution_ecart, \
         s.rang_region, s.rang_region_sur, c.libelle, c.diplome_code, c.diplome_libelle, c.date_fermeture, \
         c.annee_commune",
        chiffres.join(", ")
    )
}

/// Reads statistics, their certifications and what the second part of the statement (from its
/// columns of the établissement on) adds.
macro_rules! statistiques {
    ($rest:tt, $($bind:expr),+) => {
        sqlx::query_as!(
            StatistiqueSqlRow,
            r#"SELECT s.lieu, s.code_certification, s.filiere, s.millesime,
                    ARRAY[s.nb_annee_term, s.nb_poursuite_etudes, s.nb_sortant, s.nb_en_emploi_6_mois,
                          s.nb_en_emploi_12_mois, s.nb_en_emploi_18_mois, s.nb_en_emploi_24_mois,
                          s.part_poursuite_etudes, s.part_en_emploi_6_mois, s.part_en_emploi_12_mois,
                          s.part_en_emploi_18_mois, s.part_en_emploi_24_mois, s.part_autres_situations_6_mois,
                          s.part_autres_situations_12_mois, s.part_autres_situations_18_mois,
                          s.part_autres_situations_24_mois, s.taux_emploi_6_mois, s.taux_emploi_12_mois,
                          s.taux_emploi_18_mois, s.taux_emploi_24_mois, s.taux_rupture_contrats,
                          s.salaire_12_mois_q1, s.salaire_12_mois_q2, s.salaire_12_mois_q3]
                        AS "chiffres!: Vec<Option<i32>>", s.absences,
                    s.presentes, s.sans_perspectives, s.origine, s.code_origine, s.uai_origine, s.role_origine,
                    s.source, s.fichier_id, s.cellules_incluses, s.cellules_total, s.role_uai, s.lieux_formation,
                    s.formateurs, s.gestionnaires, s.certifications_terminales, s.contexte_region,
                    s.contexte_france, s.evolution_millesime, s.evolution_ecart, s.rang_region, s.rang_region_sur,
                    c.libelle, c.diplome_code, c.diplome_libelle, c.date_fermeture, c.annee_commune,"# + $rest,
            $($bind),+
        )
    };
}

impl StatistiqueSqlRow {
    fn figures(&self) -> Result<Figures, DbError> {
        let chiffres = self.chiffres.as_slice().try_into().map_err(|_| DbError::Corrupt("chiffres".to_owned()))?;
        Ok(Figures::unpack(chiffres, self.absences))
    }

    fn origine(&self, own: CodeCertification) -> Result<Origine, DbError> {
        let uai = match (&self.uai_origine, &self.role_origine) {
            (Some(text), Some(role)) => Some((uai(text)?, closed(role, RoleUai::parse)?)),
            _ => None,
        };
        Ok(Origine {
            type_origine: closed(&self.origine, TypeOrigine::parse)?,
            code: self.code_origine.as_deref().map_or(Ok(own), code)?,
            uai,
            source: self.source.as_str().into(),
            fichier: self.fichier_id.map(FileId),
            cellules: self.cellules_incluses.zip(self.cellules_total),
        })
    }

    fn roles(&self) -> Result<Option<Roles>, DbError> {
        let Some(role) = &self.role_uai else { return Ok(None) };
        Ok(Some(Roles {
            role: closed(role, RoleUai::parse)?,
            lieux_formation: uais(self.lieux_formation.as_deref())?,
            formateurs: uais(self.formateurs.as_deref())?,
            gestionnaires: uais(self.gestionnaires.as_deref())?,
        }))
    }

    fn contexte(&self) -> Result<Contexte, DbError> {
        let previous = self.evolution_millesime.as_deref().map(millesime).transpose()?;
        Ok(Contexte {
            region: self.contexte_region,
            france: self.contexte_france,
            evolution: previous.zip(self.evolution_ecart),
            rang: self.rang_region.zip(self.rang_region_sur),
        })
    }
}

/// A word of a closed list as the database holds it.
fn closed<T>(text: &str, parse: fn(&str) -> Result<T, Invalid>) -> Result<T, DbError> {
    parse(text).map_err(|_| DbError::Corrupt(text.to_owned()))
}

fn uais(texts: Option<&[String]>) -> Result<Option<Vec<Uai>>, DbError> {
    texts.map(|texts| texts.iter().map(|text| uai(text)).collect()).transpose()
}

impl TryFrom<StatistiqueSqlRow> for NamedStatistique {
    type Error = DbError;

    fn try_from(row: StatistiqueSqlRow) -> Result<Self, DbError> {
        let code = code(&row.code_certification)?;
        let lieu = lieu(&row.lieu)?;
        let statistique = Statistique {
            lieu,
            code,
            filiere: filiere(&row.filiere)?,
            millesime: millesime(&row.millesime)?,
            figures: Arc::new(row.figures()?),
            presentes: row.presentes,
            sans_perspectives: row.sans_perspectives,
            origine: row.origine(code)?,
            roles: row.roles()?,
            terminales: row.certifications_terminales.as_deref().map(codes).unwrap_or_default(),
            contexte: row.contexte()?,
        };
        let diplome = row.diplome_code.zip(row.diplome_libelle).map(|(code, libelle)| Diplome { code, libelle });
        let StatistiqueSqlRow { libelle, date_fermeture, annee_commune, .. } = row;
        let certification = CertificationSummary { code, libelle, diplome, date_fermeture, annee_commune };
        let etablissement = statistique.uai().map(|uai| EtablissementSummary {
            uai,
            nom: row.etablissement_nom,
            commune: row.etablissement_commune,
            region: row.etablissement_region.as_deref().and_then(CodeRegion::from_stored),
            academie: row.etablissement_academie.as_deref().and_then(Academie::from_code),
            distance_m: row.distance_m,
        });
        Ok(Self { statistique, certification, etablissement })
    }
}

/// A certification at a place.
pub(in crate::db) type LookupKey = (Lieu, CodeCertification);

/// The statistics of each certification and place. What cannot be read is a fault of its own key
/// alone: the others were only asked for at the same time.
///
/// # Errors
/// A row whose key cannot be read.
pub(in crate::db) fn by_key(
    rows: Vec<StatistiqueSqlRow>,
) -> Result<BTreeMap<LookupKey, Result<Vec<NamedStatistique>, DbError>>, DbError> {
    let mut sorted = BTreeMap::<LookupKey, Vec<StatistiqueSqlRow>>::new();
    for row in rows {
        sorted.entry((lieu(&row.lieu)?, code(&row.code_certification)?)).or_default().push(row);
    }
    Ok(sorted.into_iter().map(|(key, rows)| (key, named(rows))).collect())
}

pub(in crate::db) fn named(rows: Vec<StatistiqueSqlRow>) -> Result<Vec<NamedStatistique>, DbError> {
    rows.into_iter().map(NamedStatistique::try_from).collect()
}

/// Every statistic of some certifications at some places, with the établissement where the place
/// is one: all millésimes and filières, in no order. One range of the primary key for each.
pub(in crate::db) async fn read_at_lieu(
    connection: &mut PgConnection,
    publication: i32,
    keys: &[LookupKey],
) -> Result<Vec<StatistiqueSqlRow>, sqlx::Error> {
    let lieux: Vec<String> = keys.iter().map(|(lieu, _)| lieu.as_str().to_owned()).collect();
    let codes: Vec<String> = keys.iter().map(|(_, code)| code.to_string()).collect();
    let query = statistiques!(
        r#" e.nom AS "etablissement_nom?", e.commune AS "etablissement_commune?",
            e.region AS "etablissement_region?", e.academie AS "etablissement_academie?", NULL::integer AS distance_m
         FROM unnest($2::text[], $3::text[]) demandes (lieu, code)
         JOIN statistiques s ON s.publication_id = $1 AND s.lieu = demandes.lieu
                            AND s.code_certification = demandes.code
         JOIN certifications c ON c.publication_id = $1 AND c.code_certification = demandes.code
         LEFT JOIN etablissements e ON e.publication_id = $1 AND e.uai = demandes.lieu"#,
        publication,
        &lieux,
        &codes
    );
    query.fetch_all(connection).await
}

impl Db {
    /// Every statistic of a certification at one place, with the établissement if it is one: all
    /// millésimes and filières, in no order. Lookups of one moment are asked together.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn statistiques_at_lieu(
        &self,
        publication: i32,
        lieu: Lieu,
        code: CodeCertification,
    ) -> Result<Vec<NamedStatistique>, DbError> {
        self.lookups.ask(publication, (lieu, code)).await
    }

    /// The statistics with figures of several certifications at one place, by code: the terminal
    /// years of an entry that points to them.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn statistiques_terminales(
        &self,
        publication: i32,
        lieu: Lieu,
        codes: &[CodeCertification],
    ) -> Result<Vec<NamedStatistique>, DbError> {
        let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
        let query = statistiques!(
            " NULL::text AS etablissement_nom, NULL::text AS etablissement_commune, NULL::text AS etablissement_region,
              NULL::text AS etablissement_academie, NULL::integer AS distance_m
             FROM statistiques s
             JOIN certifications c USING (publication_id, code_certification)
             WHERE s.publication_id = $1 AND s.lieu = $2 AND s.code_certification = ANY($3)
               AND s.origine <> 'annee_terminale'
             ORDER BY s.code_certification",
            publication,
            lieu.as_str(),
            &codes
        );
        let rows = self.reserve.run(async |connection| query.fetch_all(connection).await).await?;
        named(rows)
    }

    /// Where and when there are statistics of a certification, the latest of each place: France,
    /// then the région that is asked about, then the others; établissements when no such place
    /// has any. At most `limit`.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn where_and_when(
        &self,
        publication: i32,
        code: CodeCertification,
        region: Option<CodeRegion>,
        limit: i64,
    ) -> Result<Vec<(Lieu, Filiere, Millesime)>, DbError> {
        let region = region.as_ref().map_or("", CodeRegion::as_str);
        let territoires = sqlx::query!(
            "SELECT lieu, filiere, millesime
             FROM (SELECT DISTINCT ON (lieu) lieu, filiere, millesime FROM statistiques
                   WHERE publication_id = $1 AND code_certification = $2 AND maille IN ('nationale', 'regionale')
                   ORDER BY lieu, right(millesime, 4) DESC, filiere) latest
             ORDER BY lieu <> '', lieu <> $3, lieu LIMIT $4",
            publication,
            code.as_str(),
            region,
            limit
        )
        .fetch_all(&self.read)
        .await?;
        let rows: Vec<_> = territoires.into_iter().map(|row| (row.lieu, row.filiere, row.millesime)).collect();
        let rows = if rows.is_empty() { self.etablissements_of(publication, code, limit).await? } else { rows };
        rows.iter().map(|(l, f, m)| Ok((lieu(l)?, filiere(f)?, millesime(m)?))).collect()
    }

    /// Some établissements with statistics of a certification, in the order of an index.
    async fn etablissements_of(
        &self,
        publication: i32,
        code: CodeCertification,
        limit: i64,
    ) -> Result<Vec<(String, String, String)>, DbError> {
        let rows = sqlx::query!(
            "SELECT lieu, filiere, millesime FROM statistiques
             WHERE publication_id = $1 AND code_certification = $2 AND maille = 'etablissement'
             ORDER BY millesime DESC, filiere DESC, lieu DESC LIMIT $3",
            publication,
            code.as_str(),
            limit
        )
        .fetch_all(&self.read)
        .await?;
        Ok(rows.into_iter().map(|row| (row.lieu, row.filiere, row.millesime)).collect())
    }

    /// Whether the publication has any statistic of a maille for a certification.
    ///
    /// # Errors
    /// See [`DbError`].
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
            code.as_str(),
            maille.as_str()
        );
        Ok(found.fetch_one(&self.read).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_read_in_the_order_of_the_indicators() {
        let (_, checked) = include_str!("statistiques.rs").split_once("ARRAY[s.").unwrap();
        let checked: Vec<&str> = checked
            .split(']')
            .next()
            .unwrap()
            .split(',')
            .map(|column| column.trim().trim_start_matches("s."))
            .collect();
        let expected: Vec<&str> = Indicateur::ALL.iter().map(|indicateur| indicateur.as_str()).collect();
        assert_eq!(checked, expected, "Figures::unpack gives them to their indicators by position");
    }
}
