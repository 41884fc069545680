-- What the treatments add to a publication: whose figures an entry shows, the entries that point
-- to their terminal years, the roles of the UAIs, the context, the familles de métiers, and the
-- places from the directories.

ALTER TABLE statistiques
    -- Whose figures these are: NULL where they are the entry's own code or UAI.
    ADD COLUMN code_origine            text COLLATE "C",
    ADD COLUMN uai_origine             text COLLATE "C",
    -- The role of `uai_origine` for the pupils of this entry.
    ADD COLUMN role_origine            text COLLATE "C",
    -- One bit per measure that the source has for the cohort, hidden or not (order of `mesures`).
    ADD COLUMN presentes               integer NOT NULL DEFAULT 0,
    -- The role of the UAI of the entry; what the catalogue says of the two others. NULL: it does
    -- not say; empty: it says that there is none.
    ADD COLUMN role_uai                text COLLATE "C",
    ADD COLUMN lieux_formation         text[] COLLATE "C",
    ADD COLUMN formateurs              text[] COLLATE "C",
    ADD COLUMN gestionnaires           text[] COLLATE "C",
    -- The last years of an earlier or common year.
    ADD COLUMN certifications_terminales text[] COLLATE "C",
    -- part_en_emploi_6_mois of the same certification around the établissement.
    ADD COLUMN contexte_region         integer,
    ADD COLUMN contexte_france         integer,
    ADD COLUMN evolution_millesime     text COLLATE "C",
    ADD COLUMN evolution_ecart         integer,
    ADD COLUMN rang_region             integer,
    ADD COLUMN rang_region_sur         integer;

ALTER TABLE certifications
    -- What BCN calls it: LIBELLE_COURT and LIBELLE_STAT_33 of a CFD, LIBELLE_LONG of a MEF.
    ADD COLUMN libelle_nomenclature     text,
    ADD COLUMN niveau_formation_diplome text COLLATE "C",
    ADD COLUMN groupe_specialite        text COLLATE "C",
    ADD COLUMN lettre_specialite        text COLLATE "C",
    ADD COLUMN famille_code             text COLLATE "C",
    ADD COLUMN famille_libelle          text,
    ADD COLUMN annee_commune            boolean NOT NULL DEFAULT false;

ALTER TABLE etablissements
    ADD COLUMN adresse     text,
    ADD COLUMN code_postal text COLLATE "C",
    ADD COLUMN commune     text,
    ADD COLUMN academie    text COLLATE "C",
    ADD COLUMN latitude    double precision,
    ADD COLUMN longitude   double precision,
    ADD COLUMN secteur     text COLLATE "C",
    ADD COLUMN site_web    text,
    -- Where its région comes from: `annuaire`, `fichier` (the statistics' own), `uai` (its first
    -- digits).
    ADD COLUMN origine_lieu text NOT NULL COLLATE "C" DEFAULT 'uai',
    -- Whether anything is published of it; the others are in a directory only.
    ADD COLUMN avec_statistiques boolean NOT NULL DEFAULT true;

-- /etablissements?academie=
CREATE INDEX etablissements_par_academie ON etablissements (publication_id, academie, uai);
