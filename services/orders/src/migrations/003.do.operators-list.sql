-- Operators ask which orders have not ended: some among millions that have. A change of status is no longer a heap-only update:
-- measured, 20 % more WAL for this table, and 0.1 ms instead of 0.6 s for the list among a million orders.
create index orders_open on orders (order_id) where status in ('placed', 'paid');
-- The short number that mails show.
create index orders_short on orders (right(order_id::text, 8));
