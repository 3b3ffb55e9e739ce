-- Groups, users, devices, sessions, and what tablets are told. Names compare byte for byte: collate "C".

create table groups (
  id              integer generated always as identity primary key,
  name            text collate "C" not null unique,
  upload_policy   text not null default 'sex AND anyidnum',
  finalize_policy text not null default 'sex AND anyidnum',
  ip_use          jsonb not null default '{"commercial": false, "clinical": true, "educational": false, "research": false}'
);

-- A patient who uses a tablet of their own, as tablets tell of theirs: JSON. Of the access key, which is as good as a password, a hash.
create table patients (
  id              integer generated always as identity primary key,
  group_id        integer not null references groups,
  access_key_hash bytea not null unique,
  details         text not null
);

create table schedules (
  id         integer generated always as identity primary key,
  patient_id integer not null references patients,
  name       text not null,
  unique (patient_id, name)
);

create table scheduled_tasks (
  id          integer generated always as identity primary key,
  schedule_id integer not null references schedules,
  table_name  text collate "C" not null,
  settings    jsonb not null default '{}',
  due_from    timestamptz not null,
  due_by      timestamptz not null
);

create table users (
  id               integer generated always as identity primary key,
  username         text collate "C" not null unique,
  password_hash    text not null,
  -- Its algorithm and cost.
  hash_kind        text collate "C" not null
    generated always as (substring(password_hash from '^\$2.\$..|^\$argon2id\$[^$]+\$[^$]+')) stored,
  -- Counts changes of password: a session of an older one is not found.
  password_version integer not null default 1,
  superuser        boolean not null default false,
  upload_group_id  integer references groups,
  -- The account of a patient's own tablet: it may upload this patient only.
  patient_id       integer references patients
);

create table memberships (
  user_id              integer not null references users,
  group_id             integer not null references groups,
  may_upload           boolean not null default true,
  may_register_devices boolean not null default true,
  primary key (user_id, group_id)
);

-- Failed sign-ins of accounts, whether they exist or not, and the devices where users are known. Written by rate-limiter-flexible.
create table limits (
  key    text primary key,
  points integer not null default 0,
  expire bigint
);

-- No id is ever given out twice: the sequence outlives the rows, and a restart.
create table sessions (
  id               integer generated always as identity primary key,
  token_hash       bytea not null,
  user_id          integer not null references users,
  password_version integer not null,
  last_used_at     timestamptz not null default now()
);
create index on sessions (last_used_at);

create table id_number_types (
  which             integer primary key,
  description       text not null,
  short_description text not null,
  validation        text check (validation = 'uk_nhs_number')
);

create table extra_strings (
  task     text not null,
  name     text not null,
  language text not null default 'en_GB',
  value    text not null,
  primary key (task, name, language)
);

create table devices (
  id             integer generated always as identity primary key,
  name           text collate "C" not null unique,
  friendly_name  text,
  client_version text not null,
  registered_by  integer not null references users,
  registered_at  timestamptz not null default now(),
  revoked_at     timestamptz,
  -- The upload under way; that whose end may be repeated; a hash of the one-step upload that was stored last.
  upload         text,
  finished       text,
  whole          text
);

-- What is to be known later: sign-ins, failures, registrations, uploads. Only added to.
create table audit (
  id       bigint generated always as identity primary key,
  at       timestamptz not null default clock_timestamp(),
  event    text not null,
  username text,
  device   text,
  address  text,
  details  jsonb
);
