create table seen (order_id text primary key, times int not null);
create table wedges (order_id text primary key);
