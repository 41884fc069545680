-- What a publication covers: for each filière, maille, millésime and région, how many entries
-- there are of each kind, and what changed against the publication before. A few hundred rows a
-- publication; they outlive its partitions, so that the history of the coverage can be read.
CREATE TABLE couverture (
    publication_id    integer NOT NULL REFERENCES publications (id),
    filiere           text    NOT NULL COLLATE "C",
    maille            text    NOT NULL COLLATE "C",
    millesime         text    NOT NULL COLLATE "C",
    -- INSEE code; empty for the country and for établissements of no known région.
    region            text    NOT NULL COLLATE "C",
    propres           bigint  NOT NULL,
    diplome_ancien    bigint  NOT NULL,
    diplome_nouveau   bigint  NOT NULL,
    autre_uai         bigint  NOT NULL,
    agregees          bigint  NOT NULL,
    annees_terminales bigint  NOT NULL,
    masquees          bigint  NOT NULL,
    vides             bigint  NOT NULL,
    deductibles       bigint  NOT NULL,
    ajoutees          bigint  NOT NULL,
    retirees          bigint  NOT NULL,
    modifiees         bigint  NOT NULL,
    -- /couverture
    PRIMARY KEY (publication_id, filiere, maille, millesime, region)
);

-- The beginning of the hash over what an entry says: what a publication changes is found by
-- comparing eight bytes instead of forty columns.
ALTER TABLE statistiques ADD COLUMN empreinte bigint NOT NULL DEFAULT 0;
