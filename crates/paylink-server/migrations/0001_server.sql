-- What the service keeps beside the books. Times are milliseconds since 1970.
CREATE TABLE paylink_server_orders (
    name       text   NOT NULL PRIMARY KEY REFERENCES paylink_orders (name),
    -- The shop's own page, to which the payer comes back.
    return_to  text,
    created_at bigint NOT NULL
);

CREATE TABLE paylink_server_keys (
    id         text   NOT NULL PRIMARY KEY,
    name       text   NOT NULL,
    rights     text   NOT NULL,
    -- SHA-256 of the secret, which is 256 random bits and stands nowhere.
    hash       text   NOT NULL,
    created_at bigint NOT NULL,
    revoked_at bigint
);

CREATE TABLE paylink_server_alarms (
    -- Made of what it says: seen again, it is the same alarm.
    id          text   NOT NULL PRIMARY KEY,
    kind        text   NOT NULL,
    order_name  text   NOT NULL REFERENCES paylink_orders (name),
    detail      text   NOT NULL,
    raised_at   bigint NOT NULL,
    seen_at     bigint NOT NULL,
    resolved_at bigint,
    resolved_by text,
    note        text
);
CREATE INDEX paylink_server_alarms_of_order ON paylink_server_alarms (order_name);
CREATE INDEX paylink_server_alarms_open ON paylink_server_alarms (raised_at) WHERE resolved_at IS NULL;

CREATE TABLE paylink_server_events (
    id         text   NOT NULL PRIMARY KEY,
    kind       text   NOT NULL,
    order_name text   NOT NULL REFERENCES paylink_orders (name),
    alarm      text   REFERENCES paylink_server_alarms (id),
    created_at bigint NOT NULL,
    -- NULL: it is not sent by itself.
    due_at     bigint,
    was_due_at bigint,
    -- When it is a dead letter, if it has not arrived before.
    dies_at    bigint NOT NULL,
    attempts   bigint NOT NULL DEFAULT 0,
    -- How many tries in a row the shop did not take: the pause grows with these, and not with processes that died.
    failures   bigint NOT NULL DEFAULT 0,
    arrived_at bigint,
    dead_at    bigint,
    -- Why the newest try failed.
    problem    text
);
CREATE INDEX paylink_server_events_due ON paylink_server_events (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX paylink_server_events_of_order ON paylink_server_events (order_name);
CREATE INDEX paylink_server_events_by_age ON paylink_server_events (created_at, id);
CREATE INDEX paylink_server_events_dead ON paylink_server_events (dead_at) WHERE dead_at IS NOT NULL;

CREATE TABLE paylink_server_refunds (
    order_name text   NOT NULL PRIMARY KEY REFERENCES paylink_orders (name),
    -- asked, unknown or done.
    state      text   NOT NULL,
    -- Goes up with each request to the provider: the newest one alone writes.
    turn       bigint NOT NULL,
    -- Finds the refund at the provider, where its outcome is unknown.
    handle     text,
    asked_at   bigint NOT NULL,
    done_at    bigint
);

CREATE TABLE paylink_server_sessions (
    -- SHA-256 of what the browser holds.
    hash       text   NOT NULL PRIMARY KEY,
    key_id     text   NOT NULL REFERENCES paylink_server_keys (id),
    created_at bigint NOT NULL,
    seen_at    bigint NOT NULL
);

CREATE TABLE paylink_server_audit (
    id         text   NOT NULL PRIMARY KEY,
    at         bigint NOT NULL,
    -- The key, by its id and name; the command, for what was done with it.
    who        text   NOT NULL,
    what       text   NOT NULL,
    order_name text,
    outcome    text   NOT NULL
);
CREATE INDEX paylink_server_audit_by_age ON paylink_server_audit (at, id);
CREATE INDEX paylink_server_audit_of_order ON paylink_server_audit (order_name) WHERE order_name IS NOT NULL;
