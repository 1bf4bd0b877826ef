-- The runtime's tables, the same in every service's database. Why nothing is lost is written here first.

-- Events on their way to Kafka, and dead letters (raw bytes, no key, no sequence). Rows stay after publishing, until retention.
create table outbox (
  id bigint generated always as identity primary key,
  event_id uuid not null unique,
  topic text not null,
  key text,
  sequence int,
  payload text check (octet_length(payload) < 900000), -- Kafka refuses a request over 1 MB, with all its neighbours
  headers jsonb,
  raw_key bytea,
  raw_value bytea,
  raw_headers bytea,
  created_at timestamptz not null default now(),
  published_at timestamptz,
  attempts int not null default 0,
  last_error text,
  unique (topic, key, sequence)
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01);
create index outbox_unsent on outbox (id) where published_at is null;

-- One active relay: whoever holds the lease, on the database's clock.
create table outbox_lease (
  id int primary key default 1 check (id = 1),
  owner text,
  term bigint not null default 0,
  lease_until timestamptz not null default '-infinity'
);
insert into outbox_lease default values;

-- Rows that Kafka refuses for what they are. Later rows of the same key wait.
create table outbox_parked (
  outbox_id bigint primary key references outbox (id),
  topic text not null,
  key text,
  reason text not null,
  parked_at timestamptz not null default now()
);

-- The inbox: claimed means taken, handled or parked.
create table processed_events (
  consumer text not null,
  event_id text not null,
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  key text,
  headers jsonb, -- kept, with the payload, only where the service shows a timeline
  payload text,
  at timestamptz not null default now(),
  primary key (consumer, event_id)
);
create index processed_events_key on processed_events (key) where key is not null;
create index processed_events_at on processed_events using brin (at);

-- One row per order: the lock (also of orders never seen), the sequence of emitted events, the parked check.
create table streams (
  order_id text primary key,
  sequence int not null default 0,
  parked boolean not null default false,
  parked_since timestamptz,
  reason text
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);

-- Dead letters and what waits behind them, byte for byte: jsonb and text refuse what a poison message contains.
create table parked_events (
  seq bigint generated always as identity primary key,
  consumer text not null,
  key text,
  event_id text not null,
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  "timestamp" text not null default '',
  raw_key bytea,
  raw_value bytea,
  raw_headers bytea not null,
  origin text not null check (origin in ('event', 'effect')),
  effect_key text,
  code text not null,
  error text not null,
  attempts int not null,
  parked_at timestamptz not null default now(),
  outcome text check (outcome in ('redriven', 'discarded')),
  ended_reason text,
  ended_at timestamptz,
  unique (consumer, event_id)
);
create index parked_events_open on parked_events (key, seq) where ended_at is null;

-- What must happen outside or later. Keys are natural and never pruned: the last line against doing it twice.
create table effects (
  key text primary key,
  kind text not null,
  order_id text not null,
  payload jsonb not null,
  causation_id text,
  correlation_id text,
  traceparent text,
  enqueued_at timestamptz not null default now(),
  run_at timestamptz not null,
  status text not null default 'due' check (status in ('due', 'done', 'void', 'refused')),
  attempts int not null default 0,
  first_started_at timestamptz,
  leased_until timestamptz,
  done_at timestamptz,
  last_error text
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01);
create index effects_due on effects (run_at) where status = 'due';
