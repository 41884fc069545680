//! Reading the sources back, whole, for the computation of a publication.

use futures_util::TryStreamExt;
use sqlx::PgConnection;

use super::DbError;
use crate::domain::catalogue::measures::with_measures;
use crate::domain::catalogue::wholes::with_wholes;
use crate::domain::crosswalk::Relation;
use crate::domain::dataset::Contents;
use crate::domain::mesures::LATER;
use crate::domain::sources::{
    AnnuaireRow, AttachmentRow, CatalogueRow, CrosswalkRow, DiplomeRow, DiplomeSiseRow, EtablissementRow, GroupeRow,
    LienRow, MefRow, MesuresRow, NiveauRow, Sources, TypeDiplomeSiseRow,
};
use crate::domain::territoire::{Academie, Departement};
use crate::domain::{
    CodeCertification, CodeRegion, CodeSystem, Dataset, FileId, Filiere, Lieu, Mesure, MesureEtablissement, Mesures,
    Millesime, PlatformCode, Population, Position, Secteur, Uai,
};

/// A file whose rows are current.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentFile {
    /// Its number.
    pub id: FileId,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
}

/// Reads `mesures`, whose measures have these columns.
macro_rules! mesures_of {
    ([$first:tt $($column:tt)+]) => {
        sqlx::query!(
            r#"SELECT fichier_id, dataset AS "dataset: Dataset", lieu AS "lieu: Lieu",
                      code_certification AS "code: CodeCertification", filiere AS "filiere: Filiere",
                      millesime AS "millesime: Millesime", ARRAY["# + $first $(+ ", " + $column)+ +
            r#"] AS "valeurs!: [Option<i32>; Mesure::COUNT]", non_diffusees
               FROM mesures"#
        )
    };
}

/// Reads `mesures_etablissement`, whose figures have these columns.
macro_rules! wholes_of {
    ([$first:tt $($column:tt)+]) => {
        sqlx::query!(
            r#"SELECT fichier_id, dataset AS "dataset: Dataset", uai AS "uai: Uai", filiere AS "filiere: Filiere",
                      millesime AS "millesime: Millesime", dont_apprentis_eple AS "population: Population", libelle,
                      region AS "region: CodeRegion", ARRAY["# + $first $(+ ", " + $column)+ +
            r#"] AS "valeurs!: [Option<i32>; MesureEtablissement::COUNT]", non_diffusees
               FROM mesures_etablissement"#
        )
    };
}

/// Reads every current source row and the list of the files, in one snapshot if `connection` is
/// in a REPEATABLE READ transaction.
///
/// # Errors
/// [`DbError::Unavailable`] while PostgreSQL cannot be reached, [`DbError::Corrupt`] for a row that
/// no version of the program writes, else [`DbError::Query`].
pub(in crate::db) async fn sources(connection: &mut PgConnection) -> Result<(Sources, Vec<CurrentFile>), DbError> {
    let fichiers = files(connection).await?;
    let mut mesures = of_table("mesures", self::mesures(connection)).await?;
    mesures.extend(of_table("insersup", insersup(connection)).await?);
    let mut crosswalks = of_table("tables_passage", self::crosswalks(connection)).await?;
    crosswalks.extend(of_table("mefs", mef_crosswalk(connection)).await?);
    let sources = Sources {
        mesures,
        etablissements: of_table("mesures_etablissement", etablissements(connection)).await?,
        diplomes: of_table("formations_diplome", diplomes(connection)).await?,
        mefs: of_table("mefs", mefs(connection)).await?,
        niveaux: of_table("niveaux_formation_diplome", niveaux(connection)).await?,
        groupes: of_table("groupes_formation", groupes(connection)).await?,
        liens: of_table("liens_formation_groupe", liens(connection)).await?,
        diplomes_sise: of_table("diplomes_sise", diplomes_sise(connection)).await?,
        types_sise: of_table("types_diplome_sise", types_sise(connection)).await?,
        annuaires: of_table("annuaire", annuaires(connection)).await?,
        catalogue: of_table("catalogue_apprentissage", catalogue(connection)).await?,
        crosswalks,
        attachments: of_table("rattachements", attachments(connection)).await?,
    };
    Ok((sources, fichiers))
}

async fn files(connection: &mut PgConnection) -> Result<Vec<CurrentFile>, DbError> {
    let rows =
        sqlx::query!("SELECT id, sha256 FROM fichiers WHERE retire_le IS NULL ORDER BY id").fetch_all(connection);
    Ok(rows.await?.into_iter().map(|row| CurrentFile { id: FileId(row.id), sha256: row.sha256 }).collect())
}

/// Says in which table what cannot be read stands.
async fn of_table<T>(table: &str, rows: impl Future<Output = Result<T, DbError>>) -> Result<T, DbError> {
    rows.await.map_err(|error| match error {
        DbError::Corrupt(what) => DbError::Corrupt(format!("{what}, in table {table}")),
        other => other,
    })
}

/// The statistics of InserJeunes.
async fn mesures(connection: &mut PgConnection) -> Result<Vec<MesuresRow>, DbError> {
    let mut rows = with_measures!(mesures_of).fetch(connection);
    let mut found = Vec::new();
    while let Some(row) = rows.try_next().await? {
        found.push(MesuresRow {
            lieu: row.lieu,
            code: row.code,
            filiere: row.filiere,
            millesime: row.millesime,
            mesures: Mesures::of_row(row.valeurs, row.non_diffusees),
            universites_seules: false,
            source: row.dataset,
            fichier: FileId(row.fichier_id),
        });
    }
    Ok(found)
}

/// The statistics of higher education: the rows of InserSup that are not ventilated.
async fn insersup(connection: &mut PgConnection) -> Result<Vec<MesuresRow>, DbError> {
    let mut rows = sqlx::query!(
        r#"SELECT fichier_id, dataset AS "dataset: Dataset", lieu AS "lieu: Lieu", universites_seules,
                  code_certification AS "code: CodeCertification", millesime AS "millesime: Millesime",
                  nb_poursuite_etudes, nb_sortant, nb_en_emploi_6_mois, nb_en_emploi_12_mois, nb_en_emploi_18_mois,
                  nb_en_emploi_24_mois, salaire_12_mois_q1, salaire_12_mois_q2, salaire_12_mois_q3, non_diffusees,
                  effectifs_par_horizon AS "effectifs_par_horizon: Vec<Option<i32>>"
           FROM insersup WHERE ensemble"#
    )
    .fetch(connection);
    let mut found = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let mut mesures = Mesures::default();
        let values = [
            (Mesure::NbPoursuiteEtudes, row.nb_poursuite_etudes),
            (Mesure::NbSortant, row.nb_sortant),
            (Mesure::NbEnEmploi6Mois, row.nb_en_emploi_6_mois),
            (Mesure::NbEnEmploi12Mois, row.nb_en_emploi_12_mois),
            (Mesure::NbEnEmploi18Mois, row.nb_en_emploi_18_mois),
            (Mesure::NbEnEmploi24Mois, row.nb_en_emploi_24_mois),
            (Mesure::Salaire12MoisQ1, row.salaire_12_mois_q1),
            (Mesure::Salaire12MoisQ2, row.salaire_12_mois_q2),
            (Mesure::Salaire12MoisQ3, row.salaire_12_mois_q3),
        ];
        for (mesure, value) in values {
            if let Some(value) = value {
                mesures.set(mesure, value);
            }
        }
        mesures.set_withheld_bits(row.non_diffusees);
        if let Some(later) = row.effectifs_par_horizon {
            let pairs = pairs(&later).ok_or_else(|| DbError::Corrupt("effectifs_par_horizon".to_owned()))?;
            mesures.set_later(pairs);
        }
        found.push(MesuresRow {
            lieu: row.lieu,
            code: row.code,
            filiere: Filiere::Superieur,
            millesime: row.millesime,
            mesures,
            universites_seules: row.universites_seules,
            source: row.dataset,
            fichier: FileId(row.fichier_id),
        });
    }
    Ok(found)
}

/// S and P of each later horizon, in turn.
fn pairs(counts: &[Option<i32>]) -> Option<[[Option<i32>; 2]; LATER]> {
    counts.as_chunks().0.try_into().ok()
}

async fn etablissements(connection: &mut PgConnection) -> Result<Vec<EtablissementRow>, DbError> {
    let mut rows = with_wholes!(wholes_of).fetch(connection);
    let mut found = Vec::new();
    while let Some(row) = rows.try_next().await? {
        found.push(EtablissementRow {
            uai: row.uai,
            filiere: row.filiere,
            millesime: row.millesime,
            population: row.population,
            libelle: row.libelle,
            region: row.region,
            valeurs: row.valeurs,
            non_diffusees: row.non_diffusees,
            source: row.dataset,
            fichier: FileId(row.fichier_id),
        });
    }
    Ok(found)
}

async fn diplomes(connection: &mut PgConnection) -> Result<Vec<DiplomeRow>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT dataset AS "dataset: Dataset", formation_diplome AS "cfd: CodeCertification",
                  niveau_formation_diplome, groupe_specialite, lettre_specialite, libelle_court, libelle_stat_33,
                  libelle_long_200, date_ouverture, date_fermeture, date_premiere_session, date_derniere_session,
                  anciens_diplomes AS "anciens: Vec<CodeCertification>",
                  nouveaux_diplomes AS "nouveaux: Vec<CodeCertification>"
           FROM formations_diplome ORDER BY fichier_id, ligne"#
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let Contents::Diplomas(table) = row.dataset.contents() else { return Err(misplaced(row.dataset)) };
            Ok(DiplomeRow {
                table,
                cfd: row.cfd,
                niveau: row.niveau_formation_diplome,
                groupe_specialite: row.groupe_specialite,
                lettre_specialite: row.lettre_specialite,
                libelle_court: row.libelle_court,
                libelle_stat_33: row.libelle_stat_33,
                libelle_long: row.libelle_long_200,
                date_ouverture: row.date_ouverture,
                date_fermeture: row.date_fermeture,
                premiere_session: row.date_premiere_session,
                derniere_session: row.date_derniere_session,
                anciens: row.anciens,
                nouveaux: row.nouveaux,
            })
        })
        .collect()
}

/// A dataset whose rows belong into another table.
fn misplaced(dataset: Dataset) -> DbError {
    DbError::Corrupt(format!("rows of {dataset}"))
}

async fn mefs(connection: &mut PgConnection) -> Result<Vec<MefRow>, DbError> {
    let rows = sqlx::query_as!(
        MefRow,
        r#"SELECT mef_stat_11 AS "code: CodeCertification", formation_diplome AS "cfd: CodeCertification",
                  dispositif_formation AS dispositif, duree_dispositif AS duration, annee_dispositif AS annee, libelle_long, date_ouverture,
                  date_fermeture
           FROM mefs ORDER BY fichier_id, ligne"#
    );
    Ok(rows.fetch_all(connection).await?)
}

/// N_MEF as a crosswalk: each MEF is its MEFSTAT11. What has not the shape of a MEF is none.
async fn mef_crosswalk(connection: &mut PgConnection) -> Result<Vec<CrosswalkRow>, DbError> {
    let mut rows = sqlx::query!(
        r#"SELECT fichier_id, ligne, dataset AS "dataset: Dataset", mef, mef_stat_11 AS "code: CodeCertification"
           FROM mefs ORDER BY fichier_id, ligne"#
    )
    .fetch(connection);
    let mut found = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let Some(mef) = PlatformCode::read(CodeSystem::Mef, &row.mef) else { continue };
        found.push(CrosswalkRow {
            source: row.dataset,
            fichier: FileId(row.fichier_id),
            line: row.ligne,
            relation: Relation::Same,
            codes: vec![mef, row.code.into()],
            duration: None,
        });
    }
    Ok(found)
}

async fn niveaux(connection: &mut PgConnection) -> Result<Vec<NiveauRow>, DbError> {
    let rows = sqlx::query_as!(
        NiveauRow,
        r#"SELECT niveau_formation_diplome AS niveau, libelle_court AS "libelle_court!"
           FROM niveaux_formation_diplome WHERE libelle_court IS NOT NULL ORDER BY fichier_id, ligne"#
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn groupes(connection: &mut PgConnection) -> Result<Vec<GroupeRow>, DbError> {
    let rows = sqlx::query_as!(
        GroupeRow,
        "SELECT groupe_formation AS groupe, libelle_edition AS libelle FROM groupes_formation ORDER BY fichier_id, ligne"
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn liens(connection: &mut PgConnection) -> Result<Vec<LienRow>, DbError> {
    let rows = sqlx::query_as!(
        LienRow,
        r#"SELECT groupe_formation AS groupe, formation_diplome AS "cfd: CodeCertification"
           FROM liens_formation_groupe ORDER BY fichier_id, ligne"#
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn diplomes_sise(connection: &mut PgConnection) -> Result<Vec<DiplomeSiseRow>, DbError> {
    let rows = sqlx::query_as!(
        DiplomeSiseRow,
        r#"SELECT diplome_sise AS "code: CodeCertification", type_diplome_sise AS type_diplome,
                  libelle_intitule_1 AS libelle, date_ouverture, date_fermeture
           FROM diplomes_sise ORDER BY fichier_id, ligne"#
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn types_sise(connection: &mut PgConnection) -> Result<Vec<TypeDiplomeSiseRow>, DbError> {
    let rows = sqlx::query_as!(
        TypeDiplomeSiseRow,
        "SELECT type_diplome_sise AS type_diplome, niveau_interministeriel, libelle_court
         FROM types_diplome_sise ORDER BY fichier_id, ligne"
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn annuaires(connection: &mut PgConnection) -> Result<Vec<AnnuaireRow>, DbError> {
    let mut rows = sqlx::query!(
        r#"SELECT dataset AS "dataset: Dataset", uai AS "uai: Uai", nom, adresse, code_postal, commune,
                  departement AS "departement: &'static Departement", academie AS "academie: &'static Academie",
                  region AS "region: CodeRegion", latitude, longitude, secteur AS "secteur: Secteur", site_web
           FROM annuaire ORDER BY fichier_id, ligne"#
    )
    .fetch(connection);
    let mut found = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let Contents::Directory(annuaire) = row.dataset.contents() else { return Err(misplaced(row.dataset)) };
        found.push(AnnuaireRow {
            annuaire,
            uai: row.uai,
            nom: row.nom,
            adresse: row.adresse,
            code_postal: row.code_postal,
            commune: row.commune,
            departement: row.departement,
            academie: row.academie,
            region: row.region,
            position: row.latitude.zip(row.longitude).map(|(latitude, longitude)| Position { latitude, longitude }),
            secteur: row.secteur,
            site_web: row.site_web,
        });
    }
    Ok(found)
}

async fn catalogue(connection: &mut PgConnection) -> Result<Vec<CatalogueRow>, DbError> {
    let rows = sqlx::query_as!(
        CatalogueRow,
        r#"SELECT cfd AS "cfd: CodeCertification", uai_formation AS "lieu: Uai", uai_formateur AS "formateur: Uai",
                  uai_gestionnaire AS "gestionnaire: Uai", cle_ministere AS ministry_key
           FROM catalogue_apprentissage ORDER BY fichier_id, ligne"#
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn crosswalks(connection: &mut PgConnection) -> Result<Vec<CrosswalkRow>, DbError> {
    let mut rows = sqlx::query!(
        r#"SELECT fichier_id, ligne, dataset AS "dataset: Dataset", relation AS "relation: Relation",
                  codes AS "codes: Vec<PlatformCode>", duree
           FROM tables_passage ORDER BY fichier_id, ligne"#
    )
    .fetch(connection);
    let mut found = Vec::new();
    while let Some(row) = rows.try_next().await? {
        found.push(CrosswalkRow {
            source: row.dataset,
            fichier: FileId(row.fichier_id),
            line: row.ligne,
            relation: row.relation,
            codes: row.codes,
            duration: row.duree,
        });
    }
    Ok(found)
}

async fn attachments(connection: &mut PgConnection) -> Result<Vec<AttachmentRow>, DbError> {
    let rows = sqlx::query_as!(
        AttachmentRow,
        r#"SELECT uai AS "uai: Uai", uai_mere AS "mother: Uai" FROM rattachements ORDER BY fichier_id, ligne"#
    );
    Ok(rows.fetch_all(connection).await?)
}
