//! The one place where SQL is put together: lists with filters, a sort and a page.
//!
//! Every fragment comes from a closed enum or is a constant; every value is bound. Pages are
//! found by key, never by OFFSET: the sort key of the last row, then its tie-breaker. A missing
//! figure sorts last in both directions, so the key of a figure is never NULL.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sqlx::types::chrono::NaiveDate;
use sqlx::{Postgres, QueryBuilder};

use super::statistiques::{self, ResumeCertification, StatistiqueNommee, Tranche, columns};
use super::{Db, DbError, etablissements, load};
use crate::domain::territoire::{Academie, Departement};
use crate::domain::texte::fold;
use crate::domain::{CodeCertification, CodeRegion, Diplome, Etablissement, Indicateur, Lieu, Statistique};

/// How a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparaison {
    /// At least.
    Gte,
    /// At most.
    Lte,
    /// More than.
    Gt,
    /// Less than.
    Lt,
    /// Exactly.
    Eq,
}

impl Comparaison {
    fn sql(self) -> &'static str {
        match self {
            Self::Gte => " >= ",
            Self::Lte => " <= ",
            Self::Gt => " > ",
            Self::Lt => " < ",
            Self::Eq => " = ",
        }
    }
}

/// A condition on a figure; a cell without the figure never fulfils it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filtre {
    /// The figure.
    pub indicateur: Indicateur,
    /// How it compares.
    pub comparaison: Comparaison,
    /// To what.
    pub valeur: i32,
}

/// What a list is sorted by; ties are broken by code and filière.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tri {
    /// By code (or région).
    Code {
        /// Last first; ties too.
        descending: bool,
    },
    /// By figure; missing ones last.
    Figure {
        /// The figure.
        indicateur: Indicateur,
        /// Greatest first.
        descending: bool,
    },
}

/// The place in a list after which a page begins: the sort key of its last row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apres {
    /// The figure's sort key; 0 when sorted by code.
    pub rang: i32,
    /// The row's code, UAI or place.
    pub cle: String,
    /// Its filière, where rows are per filière.
    pub filiere: String,
}

/// The sort key of a missing figure: after every other.
const MISSING: i32 = i32::MAX;

impl Tri {
    /// The sort key of a row, ascending in every case.
    #[must_use]
    pub fn rang(self, figure: impl Fn(Indicateur) -> Option<i32>) -> i32 {
        match self {
            Self::Code { .. } => 0,
            Self::Figure { indicateur, descending } => {
                figure(indicateur).map_or(MISSING, |value| if descending { -value } else { value })
            }
        }
    }

    /// How rows follow each other: the comparison of the next page's keys and the order.
    fn direction(self) -> (&'static str, &'static str) {
        match self {
            Self::Code { descending: true } => (" < ", " DESC"),
            Self::Code { descending: false } | Self::Figure { .. } => (" > ", ""),
        }
    }

    /// The rows after one, `keys` being the columns that follow the figure.
    fn push_after(self, sql: &mut QueryBuilder<Postgres>, keys: &[&str], apres: Option<&Apres>) {
        let Some(Apres { rang, cle, filiere }) = apres else { return };
        sql.push(" AND (");
        self.push(sql);
        for key in keys {
            sql.push(format!(", {key}"));
        }
        sql.push(format!("){}(", self.direction().0)).push_bind(*rang).push(", ").push_bind(cle.clone());
        if keys.len() > 1 {
            sql.push(", ").push_bind(filiere.clone());
        }
        sql.push(")");
    }

    fn push_order(self, sql: &mut QueryBuilder<Postgres>, keys: &[&str]) {
        sql.push(" ORDER BY ");
        if let Self::Figure { .. } = self {
            self.push(sql);
            sql.push(", ");
        }
        let direction = self.direction().1;
        let keys: Vec<_> = keys.iter().map(|key| format!("{key}{direction}")).collect();
        sql.push(keys.join(", "));
    }

    fn push(self, sql: &mut QueryBuilder<Postgres>) {
        match self {
            Self::Code { .. } => {
                sql.push("0");
            }
            Self::Figure { indicateur, descending } => {
                let sign = if descending { "-" } else { "" };
                sql.push(format!("coalesce({sign}s.{indicateur}, {MISSING})"));
            }
        }
    }
}

/// Which statistics a list holds.
#[derive(Debug, Clone)]
pub struct ListeStatistiques {
    /// The place, or all régions of one certification.
    pub perimetre: Perimetre,
    /// For each filière the millésime shown.
    pub tranches: Vec<Tranche>,
    /// Conditions on figures.
    pub filtres: Vec<Filtre>,
    /// Order.
    pub tri: Tri,
    /// Words that the label must have, the last as a prefix.
    pub q: Option<String>,
    /// Levels (`3` CAP … `7`).
    pub niveau: Option<String>,
}

/// The statistics among which a list chooses.
#[derive(Debug, Clone, Copy)]
pub enum Perimetre {
    /// Those of one place, one row per certification and filière.
    Lieu(Lieu),
    /// Those of one certification, one row per région and filière.
    Regions(CodeCertification),
}

impl Perimetre {
    /// The columns that identify a row.
    fn keys(self) -> [&'static str; 2] {
        match self {
            Self::Lieu(_) => ["s.code_certification", "s.filiere"],
            Self::Regions(_) => ["s.lieu", "s.filiere"],
        }
    }
}

/// Part of a list: at most so many rows after one.
#[derive(Debug, Clone)]
pub struct Page {
    /// Begin after this row.
    pub apres: Option<Apres>,
    /// At most so many rows.
    pub limite: i64,
}

const COLUMNS: &str = "SELECT s.*, c.libelle, c.diplome_code, c.diplome_libelle, c.date_fermeture FROM statistiques s \
                       JOIN certifications c USING (publication_id, code_certification) WHERE s.publication_id = ";

impl ListeStatistiques {
    fn sql(&self, select: &str, publication: i32, apres: Option<&Apres>) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new(select);
        sql.push_bind(publication);
        match self.perimetre {
            Perimetre::Lieu(lieu) => sql.push(" AND s.lieu = ").push_bind(lieu.as_str().to_owned()),
            Perimetre::Regions(code) => {
                sql.push(" AND s.maille = 'regionale' AND s.code_certification = ").push_bind(code.as_str().to_owned())
            }
        };
        push_tranches(&mut sql, &self.tranches);
        push_filtres(&mut sql, &self.filtres);
        if let Some(niveau) = &self.niveau {
            sql.push(" AND c.diplome_code = ").push_bind(niveau.clone());
        }
        push_words(&mut sql, "c.recherche", self.q.as_deref());
        self.tri.push_after(&mut sql, &self.perimetre.keys(), apres);
        sql
    }

    fn page(&self, publication: i32, page: &Page) -> QueryBuilder<Postgres> {
        let mut sql = self.sql(COLUMNS, publication, page.apres.as_ref());
        self.tri.push_order(&mut sql, &self.perimetre.keys());
        sql.push(" LIMIT ").push_bind(page.limite);
        sql
    }
}

fn push_tranches(sql: &mut QueryBuilder<Postgres>, tranches: &[Tranche]) {
    let (filieres, millesimes) = columns(tranches);
    sql.push(" AND (s.filiere, s.millesime) IN (SELECT * FROM unnest(").push_bind(filieres);
    sql.push("::text[], ").push_bind(millesimes).push("::text[])) AND s.origine <> 'annee_terminale'");
}

fn push_filtres(sql: &mut QueryBuilder<Postgres>, filtres: &[Filtre]) {
    for Filtre { indicateur, comparaison, valeur } in filtres {
        sql.push(format!(" AND s.{indicateur}{}", comparaison.sql())).push_bind(*valeur);
    }
}

/// The words of `q`, every one required, the last as a prefix. Words are letters and digits only
/// after folding, so they cannot be operators.
fn push_words(sql: &mut QueryBuilder<Postgres>, column: &str, q: Option<&str>) {
    let words = q.map(fold).unwrap_or_default();
    if !words.is_empty() {
        let query = words.split(' ').map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" & ") + ":*";
        sql.push(format!(" AND {column} @@ ")).push_bind(query).push("::tsquery");
    }
}

/// Which certifications a search finds.
#[derive(Debug, Clone)]
pub struct ListeCertifications {
    /// Words of the label, the last as a prefix.
    pub q: Option<String>,
    /// These codes only; empty for all.
    pub codes: Vec<CodeCertification>,
    /// Only those with a national statistic among the tranches.
    pub avec_statistique: bool,
    /// Level.
    pub niveau: Option<String>,
    /// Closed (or not) on a day.
    pub fermee: Option<(bool, NaiveDate)>,
    /// For each filière the millésime of the national statistic.
    pub tranches: Vec<Tranche>,
    /// Conditions on national figures.
    pub filtres: Vec<Filtre>,
    /// Order.
    pub tri: Tri,
}

/// A certification found by a search, with its national statistic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationTrouvee {
    /// Its code and names.
    pub certification: ResumeCertification,
    /// The CFD it belongs to.
    pub cfd: Option<CodeCertification>,
    /// The national statistic of the larger cohort, if there is one.
    pub statistique: Option<Statistique>,
}

#[derive(sqlx::FromRow)]
struct CertificationRow {
    code_certification: String,
    cfd: Option<String>,
    libelle: String,
    diplome_code: Option<String>,
    diplome_libelle: Option<String>,
    date_fermeture: Option<NaiveDate>,
    filiere: Option<String>,
    millesime: Option<String>,
}

impl ListeCertifications {
    /// A certification has at most one national row here: that of the larger cohort among the
    /// tranches.
    fn sql(&self, select: &str, publication: i32, apres: Option<&Apres>) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new(select);
        sql.push(" FROM certifications c LEFT JOIN LATERAL (SELECT * FROM statistiques s WHERE s.publication_id = ");
        sql.push_bind(publication).push(" AND s.lieu = '' AND s.code_certification = c.code_certification");
        push_tranches(&mut sql, &self.tranches);
        sql.push(" ORDER BY s.nb_annee_term DESC NULLS LAST, s.filiere LIMIT 1) s ON true WHERE c.publication_id = ");
        sql.push_bind(publication);
        self.push_conditions(&mut sql);
        push_filtres(&mut sql, &self.filtres);
        push_words(&mut sql, "c.recherche", self.q.as_deref());
        self.tri.push_after(&mut sql, &["c.code_certification"], apres);
        sql
    }

    fn push_conditions(&self, sql: &mut QueryBuilder<Postgres>) {
        if !self.codes.is_empty() {
            let codes: Vec<String> = self.codes.iter().map(ToString::to_string).collect();
            sql.push(" AND c.code_certification = ANY(").push_bind(codes).push(")");
        }
        if let Some(niveau) = &self.niveau {
            sql.push(" AND c.diplome_code = ").push_bind(niveau.clone());
        }
        if self.avec_statistique {
            sql.push(" AND s.filiere IS NOT NULL");
        }
        if let Some((closed, today)) = self.fermee {
            sql.push(" AND coalesce(c.date_fermeture < ").push_bind(today).push(", false) = ").push_bind(closed);
        }
    }

    fn page(&self, publication: i32, page: &Page) -> QueryBuilder<Postgres> {
        let select = "SELECT c.code_certification, c.cfd, c.libelle, c.diplome_code, c.diplome_libelle, \
                      c.date_fermeture, s.filiere, s.millesime";
        let mut sql = self.sql(select, publication, page.apres.as_ref());
        self.tri.push_order(&mut sql, &["c.code_certification"]);
        sql.push(" LIMIT ").push_bind(page.limite);
        sql
    }
}

/// Which établissements a search finds; sorted by UAI.
#[derive(Debug, Clone, Default)]
pub struct ListeEtablissements {
    /// Words of the name or the département, the last as a prefix.
    pub q: Option<String>,
    /// In this région.
    pub region: Option<CodeRegion>,
    /// In this académie.
    pub academie: Option<&'static Academie>,
    /// In this département.
    pub departement: Option<&'static Departement>,
}

impl ListeEtablissements {
    fn sql(&self, select: &str, publication: i32, apres: Option<&Apres>) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new(select);
        sql.push(" FROM etablissements e WHERE e.avec_statistiques AND e.publication_id = ").push_bind(publication);
        if let Some(region) = self.region {
            sql.push(" AND e.region = ").push_bind(region.as_str());
        }
        if let Some(academie) = self.academie {
            sql.push(" AND e.academie = ").push_bind(academie.code);
        }
        if let Some(departement) = self.departement {
            sql.push(" AND e.departement = ").push_bind(departement.code);
        }
        push_words(&mut sql, "e.recherche", self.q.as_deref());
        if let Some(apres) = apres {
            sql.push(" AND e.uai > ").push_bind(apres.cle.clone());
        }
        sql
    }

    fn page(&self, publication: i32, page: &Page) -> QueryBuilder<Postgres> {
        let select = "SELECT e.*";
        let mut sql = self.sql(select, publication, page.apres.as_ref());
        sql.push(" ORDER BY e.uai");
        sql.push(" LIMIT ").push_bind(page.limite);
        sql
    }
}

/// A count stops here: beyond, a list says «more than».
pub const COUNT_LIMIT: i64 = 100_000;

impl Db {
    /// One page of statistics.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn liste_statistiques(
        &self,
        publication: i32,
        liste: &ListeStatistiques,
        page: &Page,
    ) -> Result<Vec<StatistiqueNommee>, DbError> {
        statistiques::nommees(liste.page(publication, page).build_query_as().fetch_all(&self.read).await?)
    }

    /// How many rows a list of statistics has, up to [`COUNT_LIMIT`].
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn total_statistiques(&self, publication: i32, liste: &ListeStatistiques) -> Result<u64, DbError> {
        let select = "SELECT count(*) FROM (SELECT 1 FROM statistiques s JOIN certifications c \
                      USING (publication_id, code_certification) WHERE s.publication_id = ";
        self.count(liste.sql(select, publication, None)).await
    }

    /// One page of certifications, each with its national statistic: one query for the
    /// certifications, one for their statistics.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn liste_certifications(
        &self,
        publication: i32,
        liste: &ListeCertifications,
        page: &Page,
    ) -> Result<Vec<CertificationTrouvee>, DbError> {
        let mut sql = liste.page(publication, page);
        let rows: Vec<CertificationRow> = sql.build_query_as().fetch_all(&self.read).await?;
        let mut statistiques = self.nationales(publication, &rows).await?;
        rows.into_iter()
            .map(|row| {
                let code = load::code(&row.code_certification)?;
                let diplome =
                    row.diplome_code.zip(row.diplome_libelle).map(|(code, libelle)| Diplome { code, libelle });
                let (libelle, date_fermeture) = (row.libelle, row.date_fermeture);
                Ok(CertificationTrouvee {
                    certification: ResumeCertification { code, libelle, diplome, date_fermeture },
                    cfd: row.cfd.as_deref().and_then(CodeCertification::from_stored),
                    statistique: statistiques.remove(&code),
                })
            })
            .collect()
    }

    /// The national statistics that the rows of a page name.
    async fn nationales(
        &self,
        publication: i32,
        rows: &[CertificationRow],
    ) -> Result<HashMap<CodeCertification, Statistique>, DbError> {
        let mut keys: (Vec<&str>, Vec<&str>, Vec<&str>) = Default::default();
        for row in rows {
            if let (Some(filiere), Some(millesime)) = (&row.filiere, &row.millesime) {
                keys.extend([(row.code_certification.as_str(), filiere.as_str(), millesime.as_str())]);
            }
        }
        let mut sql = QueryBuilder::new(COLUMNS);
        sql.push_bind(publication).push(" AND s.lieu = '' AND (s.code_certification, s.filiere, s.millesime) IN ");
        sql.push("(SELECT * FROM unnest(").push_bind(keys.0).push("::text[], ").push_bind(keys.1);
        sql.push("::text[], ").push_bind(keys.2).push("::text[]))");
        let found = statistiques::nommees(sql.build_query_as().fetch_all(&self.read).await?)?;
        Ok(found.into_iter().map(|nommee| (nommee.certification.code, nommee.statistique)).collect())
    }

    /// How many certifications a search finds, up to [`COUNT_LIMIT`].
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn total_certifications(&self, publication: i32, liste: &ListeCertifications) -> Result<u64, DbError> {
        self.count(liste.sql("SELECT count(*) FROM (SELECT 1", publication, None)).await
    }

    /// One page of établissements.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn liste_etablissements(
        &self,
        publication: i32,
        liste: &ListeEtablissements,
        page: &Page,
    ) -> Result<Vec<Etablissement>, DbError> {
        let mut sql = liste.page(publication, page);
        let rows: Vec<etablissements::Row> = sql.build_query_as().fetch_all(&self.read).await?;
        rows.into_iter().map(Etablissement::try_from).collect()
    }

    /// How many établissements a search finds, up to [`COUNT_LIMIT`].
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn total_etablissements(&self, publication: i32, liste: &ListeEtablissements) -> Result<u64, DbError> {
        self.count(liste.sql("SELECT count(*) FROM (SELECT 1", publication, None)).await
    }

    /// Ends a counting query that was begun with `SELECT count(*) FROM (SELECT 1 …`.
    async fn count(&self, mut sql: QueryBuilder<Postgres>) -> Result<u64, DbError> {
        sql.push(format!(" LIMIT {COUNT_LIMIT}) rows"));
        let count: i64 = sql.build_query_scalar().fetch_one(&self.read).await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}
