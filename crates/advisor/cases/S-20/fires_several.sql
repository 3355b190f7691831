-- finds: 2
create extension citext;
create extension "uuid-ossp";
