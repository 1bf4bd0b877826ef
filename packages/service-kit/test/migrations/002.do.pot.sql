-- Slow enough for a second instance to arrive in the middle.
select pg_sleep(0.2);
create table pot (id int primary key);
