-- One row per order. The constraints say what is true of money at any instant, whatever the code above them does.
create table payments (
  order_id uuid primary key,
  status text not null check (status in ('new', 'charging', 'captured', 'failed', 'refunding', 'refunded', 'void')),
  stop boolean not null,
  amount bigint check (amount > 0),
  currency text check (currency ~ '^[A-Z]{3}$'),
  charge_id text unique,
  refund_id text unique,
  reason text,
  changed_at timestamptz not null default now(),
  constraint amount_known_once_placed check ((status = 'new') = (amount is null) and (amount is null) = (currency is null)),
  constraint captured_means_charged check ((status in ('captured', 'refunding', 'refunded')) = (charge_id is not null)),
  constraint refunded_means_given_back check ((status = 'refunded') = (refund_id is not null)),
  constraint stopped_money_goes_back check (not (stop and status = 'captured')),
  constraint only_stopped_money_goes_back check (stop or status not in ('refunding', 'refunded', 'void'))
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01);
