-- A unit is on hand, reserved or dispatched. It came at the start or in a receipt, and none is ever lost or made.
create table stock (
  sku text primary key,
  on_hand int not null check (on_hand >= 0),
  reserved int not null default 0 check (reserved >= 0),
  dispatched int not null default 0 check (dispatched >= 0),
  initial int not null check (initial >= 0),
  received int not null default 0 check (received >= 0),
  position int not null default 0, -- as in the catalogue
  constraint no_unit_is_lost_or_made check (on_hand + reserved + dispatched = initial + received)
) with (fillfactor = 70); -- a dozen hot rows: room for new versions on the same page

create table allocations (
  order_id uuid primary key,
  status text not null check (status in ('none', 'reserved', 'short', 'closed', 'dispatched', 'released', 'recalled')),
  paid boolean not null,
  stop boolean not null, -- over before the order was heard of
  items jsonb not null, -- [{sku, quantity}], each SKU once
  changed_at timestamptz not null default now(),
  constraint only_paid_orders_leave check (status <> 'dispatched' or paid),
  constraint units_are_held_by_sku check (status not in ('reserved', 'dispatched') or jsonb_array_length(items) > 0)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01);
