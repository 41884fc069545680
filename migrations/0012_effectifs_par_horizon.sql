-- InserSup from 2026_S1 on counts leavers and those who go on anew at each horizon: everything at x
-- months is over the cohort of x.

-- S and P at 12, 18 and 24 months, in turn; NULL: one pair for all horizons. The hash comes last in
-- the rows of every source table; it is compared within one import only, so the old ones may go.
ALTER TABLE insersup
    DROP COLUMN empreinte,
    ADD COLUMN effectifs_par_horizon integer[],
    ADD COLUMN empreinte bigint NOT NULL DEFAULT 0;
ALTER TABLE insersup ALTER COLUMN empreinte DROP DEFAULT;

-- v1 shows parts that sum to 100; the legacy contract shows the other situations at 6 months as the
-- source publishes them, where they are not what the two other parts leave. NULL: they are.
ALTER TABLE statistiques ADD COLUMN part_autres_situations_6_mois_publiee integer;

-- E and S at the later horizons, where they have their own: not served, but the check before the
-- switch looks at each figure over its own denominator.
ALTER TABLE statistiques
    ADD COLUMN nb_annee_term_12_mois integer,
    ADD COLUMN nb_sortant_12_mois    integer,
    ADD COLUMN nb_annee_term_18_mois integer,
    ADD COLUMN nb_sortant_18_mois    integer,
    ADD COLUMN nb_annee_term_24_mois integer,
    ADD COLUMN nb_sortant_24_mois    integer;
