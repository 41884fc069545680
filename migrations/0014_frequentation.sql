-- How often the service is used: calls by day, route, status and key. No address, no query, nothing
-- that says who a reader is; a key is that of a platform, which is no person.

CREATE TABLE frequentation (
    -- In Europe/Paris.
    jour   date     NOT NULL,
    -- The pattern of the route (`/formations/{uai}/{code}`), or `-` for an address that there is not.
    route  text     NOT NULL COLLATE "C",
    statut smallint NOT NULL,
    -- `cles.id`, 0 without a key. No foreign key: what was counted stays.
    cle_id integer  NOT NULL,
    appels bigint   NOT NULL CHECK (appels > 0),
    -- Serves the sums over days, and the batches that add to them.
    PRIMARY KEY (jour, route, statut, cle_id)
);

-- What the holder of one key is shown.
CREATE INDEX frequentation_cle ON frequentation (cle_id, jour) WHERE cle_id <> 0;
