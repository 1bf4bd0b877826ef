-- Where an order's mails go. The address is personal, and in no other service's tables.
create table correspondence (
  order_id uuid primary key,
  address text,
  "order" jsonb, -- items, total and currency, as the templates need them
  changed_at timestamptz not null default now(),
  constraint address_comes_with_the_order check ((address is null) = ("order" is null))
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01);

-- At most one mail for an order and a fact, for ever.
create table mails (
  order_id uuid not null,
  fact text not null check (fact in ('PaymentCaptured', 'PaymentFailed', 'PaymentRefunded', 'OrderDispatched', 'OrderCancelled', 'StockShort')),
  position int not null, -- in the order they were heard of
  status text not null check (status in ('waiting', 'due', 'sent')),
  about jsonb not null,
  message_id text unique,
  sent_at timestamptz,
  primary key (order_id, fact),
  constraint sent_means_accepted check ((status = 'sent') = (message_id is not null) and (message_id is null) = (sent_at is null))
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01);
