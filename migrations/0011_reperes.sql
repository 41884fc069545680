-- How the statistics of one kind of diploma in one territory are spread: what every reader of the
-- lists would have to compute for himself. A few thousand rows a publication; they go with it.
CREATE TABLE reperes (
    publication_id                integer NOT NULL,
    -- INSEE code of the région, empty for France.
    lieu                          text    NOT NULL COLLATE "C",
    -- The level of the statistics: a région has its own and those of its établissements.
    maille                        text    NOT NULL COLLATE "C",
    filiere                       text    NOT NULL COLLATE "C",
    millesime                     text    NOT NULL COLLATE "C",
    -- Level and short label of the diploma.
    niveau                        text    NOT NULL COLLATE "C",
    type_diplome                  text    NOT NULL COLLATE "C",
    -- How many statistics: of the kind or, where these are too few, of the level.
    nombre                        integer NOT NULL,
    -- `type`, `niveau`; NULL: too few of either, and no figure.
    groupe                        text    COLLATE "C",
    -- Hundredths of a percent.
    part_en_emploi_6_mois_q1      integer,
    part_en_emploi_6_mois_mediane integer,
    part_en_emploi_6_mois_q3      integer,
    part_en_emploi_6_mois_moyenne integer,
    part_poursuite_etudes_q1      integer,
    part_poursuite_etudes_mediane integer,
    part_poursuite_etudes_q3      integer,
    part_poursuite_etudes_moyenne integer,
    devenir_favorable_q1          integer,
    devenir_favorable_mediane     integer,
    devenir_favorable_q3          integer,
    devenir_favorable_moyenne     integer,
    -- /reperes
    PRIMARY KEY (publication_id, lieu, maille, filiere, millesime, niveau, type_diplome)
) PARTITION BY LIST (publication_id);
