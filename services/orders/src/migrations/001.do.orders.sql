-- What was ordered, fixed when it was placed, and how far it has come.
create table orders (
  order_id uuid primary key,
  status text not null check (status in ('placed', 'paid', 'dispatched', 'payment_failed', 'out_of_stock', 'cancelled')),
  correlation_id text not null,
  customer_id text not null,
  customer_email text not null,
  items jsonb not null check (jsonb_typeof(items) = 'array' and jsonb_array_length(items) between 1 and 50),
  total bigint not null check (total > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  campaign text,
  placed_at timestamptz not null,
  refunded_at timestamptz
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01);

-- One answer per customer and Idempotency-Key. A row without an answer is only a lock that was taken.
create table idempotency (
  key text primary key,
  fingerprint text,
  order_id uuid,
  response jsonb,
  created_at timestamptz not null default now(),
  constraint answered_whole check (num_nulls(fingerprint, order_id, response) in (0, 3))
);
create index idempotency_created_at on idempotency using brin (created_at);
