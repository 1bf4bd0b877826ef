-- Retention finds the oldest claims by a B-tree. A BRIN range never shrinks again: once new claims fill the pages that old ones
-- left, every range begins long ago, and each look for old rows reads the whole table.
drop index processed_events_at;
create index processed_events_at on processed_events (at);
alter table processed_events set (autovacuum_vacuum_scale_factor = 0.01);
