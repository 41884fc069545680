-- Least privilege, for operators who want it: nothing changes until the owner of the tables runs
--
--   SELECT roles_exposition();
--
-- It makes two roles without login, where it may, and says who may do what:
--
--   exposition_api     what `serve` needs: to read publications, to count calls, to know keys
--                      and accounts. No file, no publication can be changed with it.
--   exposition_ingest  what `ingest`, `sources` and `publish` need. Keys, accounts, secrets and
--                      counts of calls are not theirs.
--
-- Keys, accounts and migrations stay with the owner. A migration that adds a table ends by running
-- it again where the roles exist; so does whoever restores a dump without its owners and rights.
CREATE FUNCTION roles_exposition() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
    publication_tables text[];
    source_tables text[];
BEGIN
    FOREACH name IN ARRAY ARRAY['exposition_api', 'exposition_ingest'] LOOP
        IF to_regrole(name) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                -- Somebody made it at the same moment, for another database of the server.
                NULL;
            END;
        END IF;
    END LOOP;

    -- Giving a table away takes being one of those who get it.
    IF NOT pg_has_role(current_user, 'exposition_ingest', 'MEMBER') THEN
        EXECUTE format('GRANT exposition_ingest TO %I', current_user);
    END IF;

    SELECT array_agg(relname) INTO publication_tables FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'p';
    -- What a row of a file goes into names the file.
    SELECT array_agg(c.relname) INTO source_tables FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'fichier_id' AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT c.relispartition
      AND c.relname <> 'publication_fichiers';

    GRANT USAGE ON SCHEMA public TO exposition_api, exposition_ingest;
    GRANT SELECT ON publications, publication_courante, publication_fichiers, fichiers, portees, couverture,
        comparaisons, changements, _sqlx_migrations TO exposition_api, exposition_ingest;

    FOREACH name IN ARRAY publication_tables LOOP
        EXECUTE format('GRANT SELECT ON %I TO exposition_api', name);
    END LOOP;
    GRANT INSERT ON comparaisons, changements TO exposition_api, exposition_ingest;
    GRANT SELECT, INSERT, UPDATE ON frequentation TO exposition_api;
    GRANT SELECT, UPDATE (utilisee_le) ON cles TO exposition_api;
    GRANT SELECT ON comptes TO exposition_api;
    GRANT SELECT, INSERT ON secrets TO exposition_api;

    FOREACH name IN ARRAY source_tables || ARRAY['fichiers', 'publications', 'publication_courante',
        'publication_fichiers', 'couverture', 'comparaisons', 'changements'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO exposition_ingest', name);
    END LOOP;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO exposition_ingest;
    -- A partition is made in the schema, and attached by the owner of its table.
    GRANT CREATE ON SCHEMA public TO exposition_ingest;
    FOR name IN
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND (c.relkind = 'p' OR c.relkind = 'r' AND c.relispartition)
    LOOP
        EXECUTE format('ALTER TABLE %I OWNER TO exposition_ingest', name);
    END LOOP;
END
$$;

-- It makes roles and gives rights: for the owner alone, who needs no grant.
REVOKE ALL ON FUNCTION roles_exposition() FROM PUBLIC;
