create table tea (name text primary key, grams int not null check (grams >= 0));
