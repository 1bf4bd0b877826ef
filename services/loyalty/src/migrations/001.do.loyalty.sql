-- One row per order: what it earns its customer. The constraints say what is true of points at any instant.
create table rewards (
  order_id uuid primary key,
  status text not null check (status in ('new', 'holding', 'awarded', 'revoked', 'void')),
  paid boolean not null,
  stop boolean not null, -- cancelled or refunded
  customer_id text,
  points bigint check (points >= 0),
  changed_at timestamptz not null default now(),
  constraint customer_known_with_points check ((customer_id is null) = (points is null)),
  constraint points_only_for_a_paid_order check (status not in ('holding', 'awarded', 'revoked') or (paid and points > 0)),
  constraint none_for_a_stopped_order check (not (stop and status = 'awarded')),
  constraint revoked_means_stopped check (stop or status <> 'revoked')
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01);
create index rewards_customer on rewards (customer_id, order_id) where customer_id is not null;
