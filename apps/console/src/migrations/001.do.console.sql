-- What the console has read of the five topics. All of it can be read again: nothing here is anybody's truth.

create table orders (
  order_id uuid primary key,
  short text not null, -- as mails show it
  status text not null,
  decided_at timestamptz not null, -- when the fact happened that made this the status
  placed boolean not null, -- OrderPlaced has been read
  total bigint,
  currency text,
  customer text,
  placed_at timestamptz not null,
  changed_at timestamptz not null,
  last_type text not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
create index orders_status on orders (status, order_id);
create index orders_short on orders (short text_pattern_ops);
create index orders_customer on orders (customer, order_id) where customer is not null;
create index orders_changed_at on orders (changed_at);

-- The inbox, and the timeline: an event is there once, however often it is delivered. What is personal was masked before.
create table events (
  id text primary key,
  order_id uuid not null,
  type text not null,
  emitter text not null,
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  at timestamptz not null,
  causation_id text,
  traceparent text,
  payload text not null,
  headers text not null
);
create index events_order_id on events (order_id);

-- Counted on, in the transaction that changes an order: counting a million rows takes half a second.
create table order_counts (
  status text primary key,
  orders bigint not null
) with (fillfactor = 50);
