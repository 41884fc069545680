-- A publication is a complete, immutable set of computed statistics. Its rows live in partitions
-- of their own, written in the transaction that makes it current: a publication that fails or is
-- killed leaves no trace, and retiring one is dropping its partitions.

CREATE TABLE publications (
    id         integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- major.minor.patch: something removed, something added, something corrected.
    version    text        NOT NULL UNIQUE COLLATE "C",
    creee_le   timestamptz NOT NULL DEFAULT now(),
    -- Version of the program that computed it.
    programme  text        NOT NULL,
    -- Whether it was made from the fictitious sample data.
    fictive    boolean     NOT NULL,
    -- SHA-256 over every row: two publications with one hash say the same.
    empreinte  text        NOT NULL COLLATE "C",
    -- What it holds, counted once: totals of lists, millésimes by maille and filière.
    comptes    jsonb       NOT NULL,
    -- Set when its partitions were dropped to keep only the most recent ones.
    purgee_le  timestamptz
);

-- One row: the publication that is served. Switching and rolling back are one update of it.
CREATE TABLE publication_courante (
    seule          boolean     PRIMARY KEY DEFAULT true CHECK (seule),
    publication_id integer     NOT NULL REFERENCES publications (id),
    depuis         timestamptz NOT NULL DEFAULT now()
);

-- Which files a publication was made from.
CREATE TABLE publication_fichiers (
    publication_id integer NOT NULL REFERENCES publications (id),
    fichier_id     bigint  NOT NULL REFERENCES fichiers (id),
    PRIMARY KEY (publication_id, fichier_id)
);

CREATE TABLE statistiques (
    publication_id                 integer  NOT NULL,
    lieu                           text     NOT NULL COLLATE "C",
    code_certification             text     NOT NULL COLLATE "C",
    filiere                        text     NOT NULL COLLATE "C",
    millesime                      text     NOT NULL COLLATE "C",
    maille                         text     NOT NULL COLLATE "C",
    nb_annee_term                  integer,
    nb_poursuite_etudes            integer,
    nb_sortant                     integer,
    nb_en_emploi_6_mois            integer,
    nb_en_emploi_12_mois           integer,
    nb_en_emploi_18_mois           integer,
    nb_en_emploi_24_mois           integer,
    part_poursuite_etudes          integer,
    part_en_emploi_6_mois          integer,
    part_en_emploi_12_mois         integer,
    part_en_emploi_18_mois         integer,
    part_en_emploi_24_mois         integer,
    part_autres_situations_6_mois  integer,
    part_autres_situations_12_mois integer,
    part_autres_situations_18_mois integer,
    part_autres_situations_24_mois integer,
    taux_emploi_6_mois             integer,
    taux_emploi_12_mois            integer,
    taux_emploi_18_mois            integer,
    taux_emploi_24_mois            integer,
    taux_rupture_contrats          integer,
    salaire_12_mois_q1             integer,
    salaire_12_mois_q2             integer,
    salaire_12_mois_q3             integer,
    -- Why each NULL above is one: two bits per indicator in the order above;
    -- 0 sous_seuil, 1 non_diffuse, 2 pas_encore_disponible, 3 non_couvert.
    absences                       bigint   NOT NULL,
    sans_perspectives              boolean,
    origine                        text     NOT NULL COLLATE "C",
    source                         text     NOT NULL COLLATE "C",
    fichier_id                     bigint,
    cellules_incluses              integer,
    cellules_total                 integer,
    -- The certification at a place: /regions/{code}/certifications/{code}, /certifications/{code},
    -- and the certifications of a place, in the order of their codes.
    PRIMARY KEY (publication_id, lieu, code_certification, millesime, filiere)
) PARTITION BY LIST (publication_id);

-- The places of a certification: /certifications/{code}/regions and /historique.
CREATE INDEX statistiques_par_certification
    ON statistiques (publication_id, code_certification, maille, millesime, filiere, lieu);

CREATE TABLE certifications (
    publication_id     integer  NOT NULL,
    code_certification text     NOT NULL COLLATE "C",
    type               text     NOT NULL COLLATE "C" CHECK (type IN ('cfd', 'mef11', 'sise')),
    cfd                text     COLLATE "C",
    libelle            text     NOT NULL,
    libelle_ancien     text,
    diplome_code       text     COLLATE "C",
    diplome_libelle    text,
    date_ouverture     date,
    date_fermeture     date,
    premiere_session   smallint,
    derniere_session   smallint,
    anciens            text[]   NOT NULL,
    nouveaux           text[]   NOT NULL,
    -- The words of the labels, folded (no accents, lower case).
    recherche          tsvector NOT NULL,
    PRIMARY KEY (publication_id, code_certification)
) PARTITION BY LIST (publication_id);

-- /certifications?q=
CREATE INDEX certifications_recherche ON certifications USING gin (recherche);

CREATE TABLE etablissements (
    publication_id integer  NOT NULL,
    uai            text     NOT NULL COLLATE "C",
    nom            text,
    region         text     COLLATE "C",
    departement    text     COLLATE "C",
    dans_annuaire  boolean  NOT NULL,
    recherche      tsvector NOT NULL,
    PRIMARY KEY (publication_id, uai)
) PARTITION BY LIST (publication_id);

-- /etablissements?region=
CREATE INDEX etablissements_par_region ON etablissements (publication_id, region, uai);
-- /etablissements?q=
CREATE INDEX etablissements_recherche ON etablissements USING gin (recherche);

CREATE TABLE statistiques_etablissement (
    publication_id                integer NOT NULL,
    uai                           text    NOT NULL COLLATE "C",
    filiere                       text    NOT NULL COLLATE "C",
    millesime                     text    NOT NULL COLLATE "C",
    dont_apprentis_eple           text    NOT NULL COLLATE "C",
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
    -- As in `statistiques`.
    absences                      bigint  NOT NULL,
    source                        text    NOT NULL COLLATE "C",
    fichier_id                    bigint  NOT NULL,
    -- /etablissements/{uai}
    PRIMARY KEY (publication_id, uai, millesime, filiere, dont_apprentis_eple)
) PARTITION BY LIST (publication_id);
