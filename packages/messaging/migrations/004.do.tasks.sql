-- A step that fails for what may pass is tried again, and `error` says meanwhile for what. Whatever never passes ends its task.
alter table operator_tasks
  add retried_since timestamptz,
  add trying int not null default 0, -- steps that are only tried again: whether they pass, no task tells
  add audit_id bigint; -- of the task's end, so that a step that was under way meanwhile is counted there, too
alter table operator_audit
  drop constraint operator_audit_outcome_check,
  add constraint operator_audit_outcome_check check (outcome in ('started', 'done', 'refused', 'failed', 'cancelled'));

-- One order's letters, also those that ended long ago, without reading everybody's.
create index parked_events_key on parked_events (key, seq) where key is not null;

-- There is a row while operators hold the consumer: of every instance, and of those to come.
create table consumer_pause (
  id boolean primary key default true check (id),
  reason text not null,
  by text not null,
  since timestamptz not null default now()
);
