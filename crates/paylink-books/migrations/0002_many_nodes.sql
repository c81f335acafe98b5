-- Each account's orders are claimed by themselves.
CREATE INDEX paylink_orders_due_by_account ON paylink_orders (account, next_check_at) WHERE next_check_at IS NOT NULL;
DROP INDEX paylink_orders_due;

-- How often a claim was granted that another one had let run out: a process died, or slept.
ALTER TABLE paylink_orders ADD COLUMN taken_over bigint NOT NULL DEFAULT 0;
CREATE INDEX paylink_orders_taken_over ON paylink_orders (taken_over) WHERE taken_over > 0;

-- Since when a delivery is a dead letter, which is not tried by itself; NULL: it is none.
ALTER TABLE paylink_outbox ADD COLUMN dead_at bigint;
CREATE INDEX paylink_outbox_dead ON paylink_outbox (dead_at) WHERE dead_at IS NOT NULL;
