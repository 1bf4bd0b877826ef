-- What operators change: a row before anything happens, its outcome afterwards, so that a crash in between leaves a trace.
create table operator_audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  operator text not null, -- as claimed; the token is shared
  ip text,
  action text not null,
  target jsonb not null,
  request jsonb, -- what was asked, without the reason
  reason text,
  outcome text not null default 'started' check (outcome in ('started', 'done', 'refused', 'failed')),
  status int,
  result text,
  ended_at timestamptz
);

-- Long work, one at a time. Whoever holds the lease goes on where the last one stopped; the lease is on the database's clock.
create table operator_tasks (
  id bigint generated always as identity primary key,
  kind text not null,
  request jsonb not null,
  plan jsonb not null, -- fixed when the task was made
  position jsonb, -- how far it is
  reason text,
  started_by text not null,
  status text not null default 'waiting' check (status in ('waiting', 'running', 'done', 'cancelled', 'failed')),
  rate_per_second int not null check (rate_per_second > 0),
  total int not null,
  done int not null default 0,
  failed int not null default 0,
  error text,
  owner text,
  lease_until timestamptz not null default '-infinity',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index operator_tasks_open on operator_tasks (id) where status in ('waiting', 'running');

-- What there is of one order, for whoever asks why it waits.
create index effects_order on effects (order_id);
