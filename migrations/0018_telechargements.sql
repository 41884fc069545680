-- What `exposition actualiser` fetched: which version of each address is in, so that the next run
-- asks for what changed.
CREATE TABLE telechargements (
    -- SHA-256 of the whole address: what follows `?` may be a key, and is kept nowhere.
    adresse_sha256        text        PRIMARY KEY COLLATE "C" CHECK (adresse_sha256 ~ '^[0-9a-f]{64}$'),
    -- The address without it, for people.
    adresse               text        NOT NULL,
    -- ETag and Last-Modified of the answer, as the server wrote them.
    etag                  text,
    derniere_modification text,
    -- Of the body: a server that names no versions sends the same one again.
    sha256                text        NOT NULL COLLATE "C" CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    recu_le               timestamptz NOT NULL DEFAULT now(),
    -- Whether no publication was made since: a run that ended early, or that the guard against
    -- losses refused, leaves that to the next one.
    a_publier             boolean     NOT NULL DEFAULT true
);

-- The same function as before, with the new table for those who ingest.
CREATE OR REPLACE FUNCTION roles_exposition() RETURNS void LANGUAGE plpgsql AS $$
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
        'publication_fichiers', 'couverture', 'comparaisons', 'changements', 'telechargements'] LOOP
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

DO $$
BEGIN
    IF to_regrole('exposition_ingest') IS NOT NULL AND has_table_privilege('exposition_ingest', 'fichiers', 'INSERT') THEN
        PERFORM roles_exposition();
    END IF;
END
$$;
