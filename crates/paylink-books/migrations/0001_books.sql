-- Times are milliseconds since 1970.
CREATE TABLE paylink_orders (
    name          text   NOT NULL PRIMARY KEY,
    account       text   NOT NULL,
    reference     text   NOT NULL UNIQUE,
    payment       text   NOT NULL,
    -- The payer's card and national id, where the merchant keeps them; NULL once the order is handed out.
    private       text,
    ledger        text   NOT NULL,
    stage         text   NOT NULL,
    -- NULL: never.
    next_check_at bigint,
    fence         bigint NOT NULL DEFAULT 0,
    claimed_until bigint NOT NULL DEFAULT 0,
    created_at    bigint NOT NULL
);
CREATE INDEX paylink_orders_due ON paylink_orders (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX paylink_orders_by_stage ON paylink_orders (stage, created_at);
CREATE INDEX paylink_orders_by_age ON paylink_orders (created_at, name);
CREATE INDEX paylink_orders_claimed ON paylink_orders (claimed_until) WHERE claimed_until > 0;

CREATE TABLE paylink_outbox (
    -- The id of the delivery: an order has one.
    id         text   NOT NULL PRIMARY KEY,
    order_name text   NOT NULL REFERENCES paylink_orders (name),
    delivery   text   NOT NULL,
    created_at bigint NOT NULL,
    -- NULL: it went out.
    due_at     bigint,
    -- When it was due before it was taken: what is taken together is told in this order.
    was_due_at bigint,
    attempts   bigint NOT NULL DEFAULT 0
);
CREATE INDEX paylink_outbox_due ON paylink_outbox (due_at) WHERE due_at IS NOT NULL;
