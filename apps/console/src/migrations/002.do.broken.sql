-- What is broken on purpose now, so that a console that ends without a word leaves it to its next life to undo.

create table broken (
  id uuid primary key,
  fault text not null,
  target text,
  number int,
  "by" text not null,
  since timestamptz not null,
  until timestamptz not null
);
