-- The rest of what the statistical services publish: familles de métiers, diplomas of higher
-- education, directories, the catalogue of apprenticeship, and InserSup with its ventilations.
-- As in 0001, rows are kept as they were read.

-- N_GROUPE_FORMATION: the familles de métiers, of which LIBELLE_EDITION is served.
CREATE TABLE groupes_formation (
    fichier_id       bigint NOT NULL,
    ligne            integer NOT NULL,
    dataset          text NOT NULL COLLATE "C",
    groupe_formation text NOT NULL COLLATE "C",
    type_groupe      text COLLATE "C",
    libelle_court    text,
    libelle_long     text,
    libelle_edition  text,
    date_ouverture   date,
    date_fermeture   date,
    empreinte        bigint NOT NULL
);
CREATE INDEX groupes_formation_par_fichier ON groupes_formation USING brin (fichier_id);

-- N_LIEN_FORMATION_GROUPE: which CFDs belong to them, in file order.
CREATE TABLE liens_formation_groupe (
    fichier_id        bigint NOT NULL,
    ligne             integer NOT NULL,
    dataset           text NOT NULL COLLATE "C",
    groupe_formation  text NOT NULL COLLATE "C",
    formation_diplome text NOT NULL COLLATE "C",
    date_ouverture    date,
    date_fermeture    date,
    empreinte         bigint NOT NULL
);
CREATE INDEX liens_formation_groupe_par_fichier ON liens_formation_groupe USING brin (fichier_id);

-- N_DIPLOME_SISE: the diplomas of higher education.
CREATE TABLE diplomes_sise (
    fichier_id         bigint NOT NULL,
    ligne              integer NOT NULL,
    dataset            text NOT NULL COLLATE "C",
    diplome_sise       text NOT NULL COLLATE "C",
    type_diplome_sise  text COLLATE "C",
    libelle_intitule_1 text,
    libelle_intitule_2 text,
    date_ouverture     date,
    date_fermeture     date,
    empreinte          bigint NOT NULL
);
CREATE INDEX diplomes_sise_par_fichier ON diplomes_sise USING brin (fichier_id);

-- N_TYPE_DIPLOME_SISE: their kinds and levels.
CREATE TABLE types_diplome_sise (
    fichier_id              bigint NOT NULL,
    ligne                   integer NOT NULL,
    dataset                 text NOT NULL COLLATE "C",
    type_diplome_sise       text NOT NULL COLLATE "C",
    niveau_interministeriel text COLLATE "C",
    libelle_court           text,
    libelle_long            text,
    empreinte               bigint NOT NULL
);
CREATE INDEX types_diplome_sise_par_fichier ON types_diplome_sise USING brin (fichier_id);

-- The directories, told apart by `dataset`: acce_etablissements, fr-en-annuaire-education,
-- fr-en-adresse-et-geolocalisation-…. A field that a directory does not have is NULL.
CREATE TABLE annuaire (
    fichier_id   bigint NOT NULL,
    ligne        integer NOT NULL,
    dataset      text NOT NULL COLLATE "C",
    uai          text NOT NULL COLLATE "C",
    nom          text,
    adresse      text,
    code_postal  text COLLATE "C",
    code_commune text COLLATE "C",
    commune      text,
    -- INSEE code of the département (`35`, `2A`, `974`), académie code, INSEE code of the région.
    departement  text COLLATE "C",
    academie     text COLLATE "C",
    region       text COLLATE "C",
    -- WGS 84, degrees.
    latitude     double precision,
    longitude    double precision,
    -- `public` or `prive`.
    secteur      text COLLATE "C" CHECK (secteur IN ('public', 'prive')),
    site_web     text,
    -- Whether the directory says that the place is open.
    ouvert       boolean,
    empreinte    bigint NOT NULL
);
CREATE INDEX annuaire_par_fichier ON annuaire USING brin (fichier_id);

-- The catalogue of apprenticeship: who teaches, trains and manages what. NULL: the catalogue
-- names nobody, which is data.
CREATE TABLE catalogue_apprentissage (
    fichier_id       bigint NOT NULL,
    ligne            integer NOT NULL,
    dataset          text NOT NULL COLLATE "C",
    cfd              text NOT NULL COLLATE "C",
    uai_formation    text COLLATE "C",
    uai_formateur    text COLLATE "C",
    uai_gestionnaire text COLLATE "C",
    empreinte        bigint NOT NULL
);
CREATE INDEX catalogue_apprentissage_par_fichier ON catalogue_apprentissage USING brin (fichier_id);

-- InserSup: one row per place, diploma, promotion, gender, nationality, obtention and régime.
-- A publication uses those of which all four are «ensemble»; the ventilations are kept for a
-- later capability.
CREATE TABLE insersup (
    fichier_id           bigint NOT NULL,
    ligne                integer NOT NULL,
    dataset              text NOT NULL COLLATE "C",
    maille               text NOT NULL COLLATE "C",
    lieu                 text NOT NULL COLLATE "C",
    -- The country is counted twice: all institutions, and the universities alone, which count
    -- only where there is no row for all.
    universites_seules   boolean NOT NULL,
    code_certification   text NOT NULL COLLATE "C",
    millesime            text NOT NULL COLLATE "C",
    genre                text NOT NULL COLLATE "C",
    nationalite          text NOT NULL COLLATE "C",
    obtention_diplome    text NOT NULL COLLATE "C",
    regime_inscription   text NOT NULL COLLATE "C",
    -- Whether all four are «ensemble».
    ensemble             boolean NOT NULL,
    nb_poursuite_etudes  integer,
    nb_sortant           integer,
    nb_en_emploi_6_mois  integer,
    nb_en_emploi_12_mois integer,
    nb_en_emploi_18_mois integer,
    nb_en_emploi_24_mois integer,
    salaire_12_mois_q1   integer,
    salaire_12_mois_q2   integer,
    salaire_12_mois_q3   integer,
    -- One bit per measure that the source withholds, numbered as in `mesures`.
    non_diffusees        integer NOT NULL,
    empreinte            bigint NOT NULL
);
CREATE INDEX insersup_par_fichier ON insersup USING brin (fichier_id) WITH (pages_per_range = 32);
-- «The statistics among the ventilations», for a publication.
CREATE INDEX insersup_ensemble ON insersup (fichier_id) WHERE ensemble;
