-- The whole schema, run at every start as one transaction: what is there stays.

-- Servers that start together wait for one another here: to create a table twice at once would fail.
select pg_advisory_xact_lock(20240424);

create table if not exists devices (
  id            integer generated always as identity primary key,
  name          text collate "C" not null unique,
  friendly_name text not null default '',
  registered_by integer,
  registered_at timestamptz not null default now()
);

create table if not exists groups (
  id   integer generated always as identity primary key,
  name text not null unique
);

create table if not exists users (
  id               integer generated always as identity primary key,
  username         text collate "C" not null unique,
  password_hash    text not null,
  -- Counts changes of password: a session of an older one is worth nothing.
  password_version integer not null default 1,
  superuser        boolean not null default false,
  upload_group_id  integer references groups,
  -- In a row; a lock sets it back to 0.
  failed_logins    integer not null default 0,
  locked_until     timestamptz
);

create table if not exists memberships (
  user_id              integer not null references users on delete cascade,
  group_id             integer not null references groups on delete cascade,
  may_upload           boolean not null default false,
  may_register_devices boolean not null default false,
  primary key (user_id, group_id)
);

create table if not exists sessions (
  id               integer generated always as identity primary key,
  token_hash       bytea not null,
  user_id          integer not null references users on delete cascade,
  password_version integer not null,
  last_used_at     timestamptz not null default now()
);

-- What a tablet has sent since its start_upload. Nothing of it counts before end_upload.
create table if not exists uploads (
  id        integer generated always as identity primary key,
  device_id integer not null unique references devices on delete cascade,
  user_id   integer not null references users
);

-- What is added to a table that some database has already needs a statement of its own.
alter table uploads add column if not exists started_at timestamptz not null default now();

create table if not exists staged_records (
  upload_id  integer not null references uploads on delete cascade,
  table_name text collate "C" not null,
  client_key text collate "C" not null,
  record     json not null,
  primary key (upload_id, table_name, client_key)
);

create table if not exists records (
  device_id   integer not null references devices,
  table_name  text collate "C" not null,
  client_key  text collate "C" not null,
  record      json not null,
  uploaded_by integer not null references users,
  uploaded_at timestamptz not null default now(),
  primary key (device_id, table_name, client_key)
);
