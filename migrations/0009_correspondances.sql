-- Which codes of platforms (RNCP, Onisep, Certif-Info, MEF) stand for the same training, who says
-- so, and which établissement belongs to which: as read (the first three statements), and as
-- published (the rest).

-- One record of a crosswalk: two codes or more, each with its system before it (`RNCP:35341`).
CREATE TABLE tables_passage (
    fichier_id bigint   NOT NULL,
    ligne      integer  NOT NULL,
    dataset    text     NOT NULL COLLATE "C",
    -- `meme_formation`, or `remplace_par`: the first was replaced by the second.
    relation   text     NOT NULL COLLATE "C",
    codes      text[]   NOT NULL,
    -- Years that the training takes, where the record says it.
    duree      smallint,
    empreinte  bigint   NOT NULL
);
CREATE INDEX tables_passage_par_fichier ON tables_passage USING brin (fichier_id);

-- Daughter and mother, one row for each pair.
CREATE TABLE rattachements (
    fichier_id bigint  NOT NULL,
    ligne      integer NOT NULL,
    dataset    text    NOT NULL COLLATE "C",
    uai        text    NOT NULL COLLATE "C",
    uai_mere   text    NOT NULL COLLATE "C",
    empreinte  bigint  NOT NULL
);
CREATE INDEX rattachements_par_fichier ON rattachements USING brin (fichier_id);

-- The ministry's key of a row of the catalogue, which platforms keep.
ALTER TABLE catalogue_apprentissage ADD COLUMN cle_ministere text COLLATE "C";

-- One statement of one source about two codes, seen from the first; each is there from both.
CREATE TABLE liens_codes (
    publication_id integer NOT NULL,
    code           text    NOT NULL COLLATE "C",
    code_lie       text    NOT NULL COLLATE "C",
    relation       text    NOT NULL COLLATE "C",
    duree          smallint,
    source         text    NOT NULL COLLATE "C",
    ligne          integer NOT NULL,
    fichier_id     bigint  NOT NULL
) PARTITION BY LIST (publication_id);
-- /correspondances/{code}
CREATE INDEX liens_codes_par_code ON liens_codes (publication_id, code);

-- Daughter and mother, for whoever looks for the figures of a place that has none.
CREATE TABLE liens_uai (
    publication_id integer NOT NULL,
    uai            text    NOT NULL COLLATE "C",
    uai_mere       text    NOT NULL COLLATE "C",
    PRIMARY KEY (publication_id, uai, uai_mere)
) PARTITION BY LIST (publication_id);

-- The catalogue of apprenticeship as the publication used it; read whole.
CREATE TABLE lieux_apprentissage (
    publication_id   integer NOT NULL,
    cfd              text    NOT NULL COLLATE "C",
    uai_formation    text    COLLATE "C",
    uai_formateur    text    COLLATE "C",
    uai_gestionnaire text    COLLATE "C",
    cle_ministere    text    COLLATE "C"
) PARTITION BY LIST (publication_id);
