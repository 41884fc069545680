//! What the legacy contract reads: the same tables as everything else, without what it must not
//! show, in the order and with the pages that its clients know.
//!
//! Two things are particular. An aggregate never leaves through here, nor does anything of a
//! filière that has no source of its own at a maille; an aggregate that also points to terminal
//! years is an earlier year without figures. And pages have a number and lists a total, so that
//! rows are counted and skipped: acceptable for lists of one millésime, and done on the primary
//! key, whose order is that of the lists.

use std::sync::LazyLock;

use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};

use super::lookups::LookedUp;
use super::statistiques::{self, LookupKey, Slice};
use super::{Db, DbError, certifications};
use crate::domain::territoire::Academie;
use crate::domain::{
    Certification, CodeCertification, CodeRegion, Figures, Filiere, Indicateur, Lieu, Maille, Millesime, Statistique,
    TypeOrigine, Uai, Valeur,
};

/// Who and where the établissement is whose figures an entry shows; nothing at other mailles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LieuOfFigures {
    /// Its name.
    pub nom: Option<String>,
    /// Its région.
    pub region: Option<CodeRegion>,
    /// Its académie.
    pub academie: Option<&'static Academie>,
}

/// An entry with everything that the contract says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryRecord {
    /// The entry; one without figures has the type [`TypeOrigine::AnneeTerminale`].
    pub statistique: Statistique,
    /// Its certification.
    pub certification: Certification,
    /// Where its figures come from.
    pub lieu_of_figures: LieuOfFigures,
}

#[derive(sqlx::FromRow)]
pub(in crate::db) struct EntrySqlRow {
    #[sqlx(flatten)]
    statistique: statistiques::StatistiqueSqlRow,
    #[sqlx(flatten)]
    certification: certifications::CertificationSqlRow,
    part_autres_situations_6_mois_publiee: Option<i32>,
    etablissement_nom: Option<String>,
    etablissement_region: Option<CodeRegion>,
    etablissement_academie: Option<&'static Academie>,
}

impl TryFrom<EntrySqlRow> for EntryRecord {
    type Error = DbError;

    fn try_from(row: EntrySqlRow) -> Result<Self, DbError> {
        let mut statistique = statistiques::NamedStatistique::try_from(row.statistique)?.statistique;
        if let Some(published) = row.part_autres_situations_6_mois_publiee {
            let mut figures = Figures::clone(&statistique.figures);
            figures.set(Indicateur::PartAutresSituations6Mois, Valeur::Connue(published));
            statistique.figures = figures.into();
        }
        if statistique.origine.type_origine == TypeOrigine::Agregee {
            statistique.origine.type_origine = TypeOrigine::AnneeTerminale;
        }
        Ok(Self {
            statistique,
            certification: row.certification.into(),
            lieu_of_figures: LieuOfFigures {
                nom: row.etablissement_nom,
                region: row.etablissement_region,
                academie: row.etablissement_academie,
            },
        })
    }
}

/// What makes a [`EntrySqlRow`].
fn select() -> String {
    format!(
        "SELECT {}, c.cfd, c.libelle_ancien, c.date_ouverture, c.premiere_session, c.derniere_session, c.duree_dispositif, c.annee_dispositif, \
         c.libelle_nomenclature, c.niveau_formation_diplome, c.groupe_specialite, c.lettre_specialite, c.famille_code, \
         c.famille_libelle, c.anciens, c.nouveaux, s.part_autres_situations_6_mois_publiee, e.nom AS etablissement_nom, e.region AS etablissement_region, \
         e.academie AS etablissement_academie ",
        statistiques::columns()
    )
}

const CERTIFICATION: &str = " JOIN certifications c ON c.publication_id = s.publication_id \
                             AND c.code_certification = s.code_certification ";

/// The établissement of the figures: the source's for a copied place.
const ETABLISSEMENT: &str = " LEFT JOIN etablissements e ON e.publication_id = s.publication_id \
                             AND e.uai = coalesce(s.uai_origine, s.lieu) ";

/// Neither aggregates, unless they point to terminal years, nor filières without a source at the
/// maille. Nothing is aggregated at the level of the établissement.
fn exposed(maille: Maille) -> &'static str {
    match maille {
        Maille::Etablissement => "",
        Maille::Nationale => {
            " AND s.filiere IN ('apprentissage', 'pro', 'superieur') \
             AND (s.origine <> 'agregee' OR s.certifications_terminales IS NOT NULL)"
        }
        Maille::Regionale => {
            " AND s.filiere IN ('apprentissage', 'pro') \
             AND (s.origine <> 'agregee' OR s.certifications_terminales IS NOT NULL)"
        }
    }
}

/// The entries of pairs of place and code, of whatever mailles.
static AT_LIEUX: LazyLock<String> = LazyLock::new(|| {
    let condition = |maille: &Maille| format!("s.maille = '{maille}'{}", exposed(*maille));
    let mailles: Vec<String> = Maille::ALL.iter().map(condition).collect();
    format!(
        "{} FROM unnest($2::text[], $3::text[]) demandes (lieu, code) \
         JOIN statistiques s ON s.publication_id = $1 AND s.lieu = demandes.lieu \
                            AND s.code_certification = demandes.code \
         JOIN certifications c ON c.publication_id = $1 AND c.code_certification = demandes.code \
         LEFT JOIN etablissements e ON e.publication_id = $1 AND e.uai = coalesce(s.uai_origine, s.lieu) \
         WHERE {}",
        select(),
        mailles.join(" OR ")
    )
});

impl LookedUp for EntryRecord {
    type Row = EntrySqlRow;

    async fn read(
        connection: &mut PgConnection,
        publication: i32,
        keys: &[LookupKey],
    ) -> Result<Vec<EntrySqlRow>, sqlx::Error> {
        let (lieux, codes): (Vec<Lieu>, Vec<CodeCertification>) = keys.iter().copied().unzip();
        // Put together from constants alone.
        let query = sqlx::query_as(AssertSqlSafe(AT_LIEUX.as_str()));
        query.bind(publication).bind(lieux).bind(codes).fetch_all(connection).await
    }

    fn key(row: &EntrySqlRow) -> Result<LookupKey, DbError> {
        row.statistique.key()
    }
}

/// Which entries a list holds; a filter that is `None` lets everything pass.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LegacyList {
    /// The level.
    pub maille: Maille,
    /// These établissements.
    pub uais: Option<Vec<Uai>>,
    /// These régions: the place itself or, for an établissement, that of its figures.
    pub regions: Option<Vec<CodeRegion>>,
    /// These académies, for établissements.
    pub academies: Option<Vec<&'static Academie>>,
    /// These codes.
    pub codes: Option<Vec<CodeCertification>>,
    /// These millésimes.
    pub period: Period,
}

/// The millésimes of a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Period {
    /// As they are stored, for every filière.
    Millesimes(Vec<String>),
    /// One for each filière.
    Slices(Vec<Slice>),
}

impl LegacyList {
    /// Whether the établissement of the figures decides.
    fn needs_etablissement(&self) -> bool {
        self.maille == Maille::Etablissement && (self.regions.is_some() || self.academies.is_some())
    }

    /// The keys of the list, in no order.
    fn keys(&self, select: &str, publication: i32) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new(select);
        sql.push(" FROM statistiques s ");
        if self.needs_etablissement() {
            sql.push(ETABLISSEMENT);
        }
        sql.push(" WHERE s.publication_id = ").push_bind(publication);
        self.push_places(&mut sql);
        sql.push(exposed(self.maille));
        if let Some(codes) = &self.codes {
            sql.push(" AND s.code_certification = ANY(").push_bind(codes.clone()).push(")");
        }
        match &self.period {
            Period::Millesimes(millesimes) => {
                sql.push(" AND s.millesime = ANY(").push_bind(millesimes.clone()).push(")");
            }
            Period::Slices(slices) => {
                let (filieres, millesimes): (Vec<Filiere>, Vec<Millesime>) = slices.iter().copied().unzip();
                sql.push(" AND (s.filiere, s.millesime) IN (SELECT * FROM unnest(").push_bind(filieres);
                sql.push("::text[], ").push_bind(millesimes).push("::text[]))");
            }
        }
        sql
    }

    fn push_places(&self, sql: &mut QueryBuilder<Postgres>) {
        let regions = self.regions.clone();
        match (self.maille, &self.uais) {
            (Maille::Nationale, _) => {
                sql.push(" AND s.lieu = ''");
            }
            (Maille::Regionale, _) => match regions {
                Some(regions) => {
                    sql.push(" AND s.lieu = ANY(").push_bind(regions).push(")");
                }
                // The length tells the level and is in the primary key, the maille is not.
                None => {
                    sql.push(" AND length(s.lieu) = 2");
                }
            },
            (Maille::Etablissement, uais) => {
                match uais {
                    Some(uais) => {
                        sql.push(" AND s.lieu = ANY(").push_bind(uais.clone()).push(")");
                    }
                    None => {
                        sql.push(" AND length(s.lieu) = 8");
                    }
                }
                if let Some(regions) = regions {
                    sql.push(" AND e.region = ANY(").push_bind(regions).push(")");
                }
                if let Some(academies) = &self.academies {
                    sql.push(" AND e.academie = ANY(").push_bind(academies.clone()).push(")");
                }
            }
        }
    }

    /// The rows of one page: their keys first, found on the index, then the rest of them.
    fn page(&self, publication: i32, offset: i64, limit: i64) -> QueryBuilder<Postgres> {
        let keys = "s.publication_id, s.lieu, s.code_certification, s.millesime, s.filiere";
        let mut page = self.keys(&format!("WITH page AS (SELECT {keys}"), publication);
        page.push(" ORDER BY s.lieu, s.code_certification, s.millesime, s.filiere OFFSET ").push_bind(offset);
        page.push(" LIMIT ").push_bind(limit).push(") ").push(select()).push("FROM page JOIN statistiques s USING ");
        page.push("(publication_id, lieu, code_certification, millesime, filiere)");
        page.push(CERTIFICATION).push(ETABLISSEMENT);
        page.push(" ORDER BY s.lieu, s.code_certification, s.millesime, s.filiere");
        page
    }
}

fn records(rows: Vec<EntrySqlRow>) -> Result<Vec<EntryRecord>, DbError> {
    rows.into_iter().map(EntryRecord::try_from).collect()
}

impl Db {
    /// Every entry of a code at one place, all millésimes and filières. Lookups of one moment are
    /// asked together.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn legacy_records_of(
        &self,
        publication: i32,
        lieu: Lieu,
        code: CodeCertification,
    ) -> Result<Vec<EntryRecord>, DbError> {
        self.legacy_lookups.ask(publication, (lieu, code)).await
    }

    /// Every entry of some codes at one place, all millésimes and filières.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn legacy_records(
        &self,
        publication: i32,
        lieu: Lieu,
        codes: &[CodeCertification],
    ) -> Result<Vec<EntryRecord>, DbError> {
        let mut sql = QueryBuilder::new(select());
        sql.push(" FROM statistiques s ").push(CERTIFICATION).push(ETABLISSEMENT);
        sql.push(" WHERE s.publication_id = ").push_bind(publication);
        sql.push(" AND s.lieu = ").push_bind(lieu);
        sql.push(" AND s.code_certification = ANY(").push_bind(codes.to_vec()).push(")");
        sql.push(exposed(lieu.maille()));
        let query = sql.build_query_as::<EntrySqlRow>();
        records(self.reserve.run(async |connection| query.fetch_all(connection).await).await?)
    }

    /// The entries of every code of some CFDs at one place for one millésime, by code: `pro` and
    /// `apprentissage` only.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn legacy_records_of_cfds(
        &self,
        publication: i32,
        lieu: Lieu,
        cfds: &[CodeCertification],
        millesime: &str,
    ) -> Result<Vec<EntryRecord>, DbError> {
        let mut sql = QueryBuilder::new(select());
        sql.push(" FROM statistiques s ").push(CERTIFICATION).push(ETABLISSEMENT);
        sql.push(" WHERE c.publication_id = ").push_bind(publication);
        sql.push(" AND s.publication_id = ").push_bind(publication);
        sql.push(" AND c.cfd = ANY(").push_bind(cfds.to_vec()).push(")");
        sql.push(" AND s.lieu = ").push_bind(lieu);
        sql.push(" AND s.millesime = ").push_bind(millesime.to_owned());
        sql.push(format!(" AND s.filiere IN ('{}', '{}')", Filiere::Pro, Filiere::Apprentissage));
        sql.push(exposed(lieu.maille()));
        sql.push(" ORDER BY s.code_certification");
        let query = sql.build_query_as::<EntrySqlRow>();
        records(self.reserve.run(async |connection| query.fetch_all(connection).await).await?)
    }

    /// The CFDs of those among some codes that are CFDs or MEFSTAT11s of the nomenclatures.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn cfds_legacy(
        &self,
        publication: i32,
        codes: &[CodeCertification],
    ) -> Result<Vec<CodeCertification>, DbError> {
        let rows = sqlx::query_scalar!(
            r#"SELECT DISTINCT cfd AS "cfd!: CodeCertification" FROM certifications
               WHERE publication_id = $1 AND code_certification = ANY($2) AND cfd IS NOT NULL ORDER BY 1"#,
            publication,
            codes as _
        );
        Ok(rows.fetch_all(&self.read).await?)
    }

    /// One page of a list.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row
    /// that no version of the program writes, else [`DbError::Query`].
    pub async fn list_legacy(
        &self,
        publication: i32,
        list: &LegacyList,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<EntryRecord>, DbError> {
        records(list.page(publication, offset, limit).build_query_as().fetch_all(&self.lists).await?)
    }

    /// How many entries a list holds.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Query`] when it
    /// refuses.
    pub async fn count_legacy(&self, publication: i32, list: &LegacyList) -> Result<u64, DbError> {
        let mut sql = list.keys("SELECT count(*)", publication);
        let total: i64 = sql.build_query_scalar().fetch_one(&self.lists).await?;
        Ok(u64::try_from(total).unwrap_or(0))
    }
}
