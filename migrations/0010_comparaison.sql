-- What may be compared: two evolutions that never cross a break of the series, each with whether it
-- is more than chance; how many neighbours differ from an établissement beyond chance; why a part
-- of the context is missing. The former evolution crossed the break of 2022: it is gone from the
-- publications that are kept as well, so that none of them shows it again.

ALTER TABLE statistiques
    DROP COLUMN evolution_millesime,
    DROP COLUMN evolution_ecart,
    -- part_en_emploi_6_mois: since which millésime, points, whether beyond chance (NULL: the counts
    -- are not visible).
    ADD COLUMN evolution_emploi_millesime    text COLLATE "C",
    ADD COLUMN evolution_emploi_ecart        integer,
    ADD COLUMN evolution_emploi_net          boolean,
    -- part_poursuite_etudes: the same.
    ADD COLUMN evolution_poursuite_millesime text COLLATE "C",
    ADD COLUMN evolution_poursuite_ecart     integer,
    ADD COLUMN evolution_poursuite_net       boolean,
    -- Of the others ranked: how many do better and worse beyond chance.
    ADD COLUMN rang_region_mieux             integer,
    ADD COLUMN rang_region_moins_bien        integer,
    -- Why each part of the context is missing: three bits per part in the order région, France,
    -- employment, further study, rank; 0 no reason, 1 rupture_de_serie, 2 trop_peu,
    -- 3 sans_precedent, 4 sans_effectif.
    ADD COLUMN contexte_absences             integer NOT NULL DEFAULT 0;
