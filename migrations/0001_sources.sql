-- What the files of the statistical services said, as it was read: typed, with file and line,
-- so that a publication can be computed again without the files.
--
-- Codes, places and millésimes are COLLATE "C": ordered by bytes, as the program orders them,
-- whatever the locale of the database is.

CREATE TABLE fichiers (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256        text        NOT NULL COLLATE "C" CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    nom           text        NOT NULL,
    dataset       text        NOT NULL COLLATE "C",
    -- Given on the command line or found in the file's name, for files that do not carry one.
    millesime     text        COLLATE "C",
    -- The whole report of the import, as `exposition ingest --report` writes it.
    rapport       jsonb       NOT NULL,
    lignes_lues   bigint      NOT NULL,
    lignes_gardees bigint     NOT NULL,
    lignes_rejetees bigint    NOT NULL,
    ingere_le     timestamptz NOT NULL DEFAULT now(),
    -- Set when a newer file replaced the last of its rows, or `sources remove` withdrew it. The
    -- row stays: publications made from this file name it.
    retire_le     timestamptz,
    motif_retrait text        CHECK (motif_retrait IN ('remplace', 'retire'))
);

-- «Are the rows of this very file the current ones?»
CREATE UNIQUE INDEX fichiers_en_cours ON fichiers (sha256, dataset, coalesce(millesime, '')) WHERE retire_le IS NULL;

-- The parts of each file that are current: the unit in which a newer file replaces an older
-- one. Nomenclatures have a single, empty part.
CREATE TABLE portees (
    fichier_id bigint NOT NULL REFERENCES fichiers (id),
    dataset    text   NOT NULL COLLATE "C",
    maille     text   NOT NULL COLLATE "C" DEFAULT '',
    filiere    text   NOT NULL COLLATE "C" DEFAULT '',
    millesime  text   NOT NULL COLLATE "C" DEFAULT '',
    lignes     bigint NOT NULL,
    PRIMARY KEY (dataset, maille, filiere, millesime)
);

-- «Which parts does this file still hold?»
CREATE INDEX portees_par_fichier ON portees (fichier_id);

-- Statistics per certification and place, of every dataset that has them. `lieu` is empty for
-- France, an INSEE code for a région, a UAI for an établissement.
CREATE TABLE mesures (
    fichier_id                    bigint NOT NULL,
    ligne                         integer NOT NULL,
    dataset                       text NOT NULL COLLATE "C",
    maille                        text NOT NULL COLLATE "C",
    lieu                          text NOT NULL COLLATE "C",
    code_certification            text NOT NULL COLLATE "C",
    filiere                       text NOT NULL COLLATE "C",
    millesime                     text NOT NULL COLLATE "C",
    -- Persons.
    nb_annee_term                 integer,
    nb_poursuite_etudes           integer,
    nb_sortant                    integer,
    nb_en_emploi_6_mois           integer,
    nb_en_emploi_12_mois          integer,
    nb_en_emploi_18_mois          integer,
    nb_en_emploi_24_mois          integer,
    -- Whole percents, as published.
    taux_poursuite_etudes         integer,
    taux_emploi_6_mois            integer,
    taux_emploi_12_mois           integer,
    taux_emploi_18_mois           integer,
    taux_emploi_24_mois           integer,
    part_poursuite_etudes         integer,
    part_en_emploi_6_mois         integer,
    part_autres_situations_6_mois integer,
    taux_rupture_contrats         integer,
    -- Euros a month.
    salaire_12_mois_q1            integer,
    salaire_12_mois_q2            integer,
    salaire_12_mois_q3            integer,
    -- One bit per measure that the source withholds (nd, ns, na), in the order above.
    non_diffusees                 integer NOT NULL,
    -- Hash of the measures: tells a repeated row from a contradicting one within a file.
    empreinte                     bigint NOT NULL
);

-- «The rows of this file», for replacing and withdrawing. Rows of a file are contiguous: a BRIN
-- index of a few pages does what a B-tree would, and costs the import nothing.
CREATE INDEX mesures_par_fichier ON mesures USING brin (fichier_id) WITH (pages_per_range = 32);

-- Établissements as a whole, all certifications together.
CREATE TABLE mesures_etablissement (
    fichier_id                    bigint NOT NULL,
    ligne                         integer NOT NULL,
    dataset                       text NOT NULL COLLATE "C",
    uai                           text NOT NULL COLLATE "C",
    filiere                       text NOT NULL COLLATE "C",
    millesime                     text NOT NULL COLLATE "C",
    dont_apprentis_eple           text NOT NULL COLLATE "C",
    libelle                       text,
    region                        text COLLATE "C",
    part_poursuite_etudes         integer,
    part_en_emploi_6_mois         integer,
    part_autres_situations_6_mois integer,
    taux_emploi_6_mois            integer,
    taux_emploi_12_mois           integer,
    taux_emploi_18_mois           integer,
    taux_emploi_24_mois           integer,
    taux_emploi_6_mois_attendu    integer,
    valeur_ajoutee_emploi_6_mois  integer,
    taux_rupture_contrats         integer,
    non_diffusees                 integer NOT NULL,
    empreinte                     bigint NOT NULL
);
CREATE INDEX mesures_etablissement_par_fichier ON mesures_etablissement USING brin (fichier_id) WITH (pages_per_range = 32);

-- CFDs: V_FORMATION_DIPLOME, N_FORMATION_DIPLOME and N_FORMATION_DIPLOME_ENQUETE_51, told apart
-- by `dataset`.
CREATE TABLE formations_diplome (
    fichier_id               bigint NOT NULL,
    ligne                    integer NOT NULL,
    dataset                  text NOT NULL COLLATE "C",
    formation_diplome        text NOT NULL COLLATE "C",
    niveau_formation_diplome text COLLATE "C",
    groupe_specialite        text,
    lettre_specialite        text,
    libelle_court            text,
    libelle_stat_33          text,
    libelle_long_200         text,
    date_ouverture           date,
    date_fermeture           date,
    date_premiere_session    smallint,
    date_derniere_session    smallint,
    -- ANCIEN_DIPLOME_1..7 and NOUVEAU_DIPLOME_1..7, the filled ones in their order.
    anciens_diplomes         text[] NOT NULL,
    nouveaux_diplomes        text[] NOT NULL,
    empreinte                bigint NOT NULL
);
CREATE INDEX formations_diplome_par_fichier ON formations_diplome USING brin (fichier_id);

-- N_MEF: the years of the school-based courses.
CREATE TABLE mefs (
    fichier_id           bigint NOT NULL,
    ligne                integer NOT NULL,
    dataset              text NOT NULL COLLATE "C",
    mef                  text NOT NULL COLLATE "C",
    mef_stat_11          text NOT NULL COLLATE "C",
    formation_diplome    text NOT NULL COLLATE "C",
    dispositif_formation text COLLATE "C",
    duree_dispositif     smallint,
    annee_dispositif     smallint,
    libelle_long         text,
    date_ouverture       date,
    date_fermeture       date,
    empreinte            bigint NOT NULL
);
CREATE INDEX mefs_par_fichier ON mefs USING brin (fichier_id);

-- N_NIVEAU_FORMATION_DIPLOME: the short labels of the kinds of diplomas.
CREATE TABLE niveaux_formation_diplome (
    fichier_id               bigint NOT NULL,
    ligne                    integer NOT NULL,
    dataset                  text NOT NULL COLLATE "C",
    niveau_formation_diplome text NOT NULL COLLATE "C",
    niveau_interministeriel  text,
    libelle_court            text,
    libelle_100              text,
    empreinte                bigint NOT NULL
);
CREATE INDEX niveaux_formation_diplome_par_fichier ON niveaux_formation_diplome USING brin (fichier_id);
