create table codes (code text not null, label text);
create unique index codes_code on codes (code);
