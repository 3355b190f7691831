-- server: >=12
create table items (id integer, name text, price numeric, sold date, attributes jsonb, place point, during int4range, words tsvector);
create index on items (lower(name), (price * 2) desc nulls last);
create unique index items_live on items (name) where sold is null and price > 0;
create index items_sorted on items (price desc, sold asc nulls first, id desc nulls last);
create unique index items_including on items (id) include (name, price);
create index items_json on items using gin (attributes jsonb_path_ops);
create index items_hash on items using hash (name);
create index items_place on items using gist (place);
create index items_brin on items using brin (sold) with (pages_per_range = 16);
create index items_pattern on items (name text_pattern_ops);
create index items_collated on items (name collate "C");
create index items_words on items using gin (words);
comment on index items_live is 'only what is for sale';
alter table items cluster on items_sorted;
