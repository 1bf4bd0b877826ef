-- Answers are forgotten by age, found by a B-tree: BRIN ranges never shrink once their pages are used again.
drop index idempotency_created_at;
create index idempotency_created_at on idempotency (created_at);
alter table idempotency set (autovacuum_vacuum_scale_factor = 0.01);
