-- Which figures differ between two publications, computed once for each pair, the older one first:
-- the other direction is the same, mirrored. They go when either of the two is retired.
CREATE TABLE comparaisons (
    ancienne integer NOT NULL REFERENCES publications (id),
    nouvelle integer NOT NULL REFERENCES publications (id),
    PRIMARY KEY (ancienne, nouvelle),
    CHECK (ancienne < nouvelle)
);

CREATE TABLE changements (
    ancienne           integer NOT NULL,
    nouvelle           integer NOT NULL,
    -- Place in the order of the keys, from 1.
    rang               bigint  NOT NULL,
    maille             text    NOT NULL COLLATE "C",
    lieu               text    NOT NULL COLLATE "C",
    -- Empty for établissements as a whole.
    code_certification text    NOT NULL COLLATE "C",
    filiere            text    NOT NULL COLLATE "C",
    millesime          text    NOT NULL COLLATE "C",
    -- `dont_apprentis_eple` of établissements as a whole, else empty.
    population         text    NOT NULL COLLATE "C",
    -- Empty for the country and for établissements of no known région.
    region             text    NOT NULL COLLATE "C",
    indicateur         text    NOT NULL COLLATE "C",
    -- NULL where there was none, and where saying it would tell of a cohort that is hidden now.
    avant              integer,
    apres              integer,
    nature             text    NOT NULL COLLATE "C",
    regle              text    NOT NULL COLLATE "C",
    fichier_avant      bigint,
    fichier_apres      bigint,
    -- /publications/{version}/changements
    PRIMARY KEY (ancienne, nouvelle, rang),
    FOREIGN KEY (ancienne, nouvelle) REFERENCES comparaisons ON DELETE CASCADE
);
-- …/changements?uai=
CREATE INDEX changements_par_lieu ON changements (ancienne, nouvelle, lieu, rang);
