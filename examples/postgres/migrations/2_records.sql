-- Uploads: what is staged, and the history of records, which only grows.

-- A step of the upload under way of a device: TableChangeJson without values. Those stand apart, so that a plan need not read them.
create table staged_steps (
  id         bigint generated always as identity primary key,
  device_id  integer not null references devices,
  finalizing boolean not null,
  changes    json not null
);
create index on staged_steps (device_id, id);

create table staged_values (
  step_id bigint not null references staged_steps on delete cascade,
  place   bigint not null,
  values  json not null,
  primary key (step_id, place)
);

-- An upload that counts: who, whence, when, and for which group.
create table uploads (
  id             bigint generated always as identity primary key,
  device_id      integer not null references devices,
  user_id        integer not null references users,
  group_id       integer not null references groups,
  client_version text not null,
  at             timestamptz not null default clock_timestamp()
);
create index on uploads (user_id);

-- The versions of records. A version is current until an upload removes it, and within its tablet's reach until one finalizes it.
create table records (
  id                 bigint generated always as identity primary key,
  device_id          integer not null references devices,
  table_name         text collate "C" not null,
  key                bigint not null,
  version            integer not null,
  supersedes         bigint unique references records,
  when_last_modified text,
  values             json not null,
  added_in           bigint not null references uploads,
  removed_in         bigint references uploads,
  finalized_in       bigint references uploads
);
create unique index on records (device_id, table_name, key) where removed_in is null and finalized_in is null;
create index on records (device_id, table_name);

create function refuse_change() returns trigger language plpgsql as
  $$ begin raise exception 'history is never changed: % of %', tg_op, tg_table_name; end $$;

create trigger records_are_kept
  before delete or update of id, device_id, table_name, key, version, supersedes, when_last_modified, values, added_in on records
  for each statement execute function refuse_change();
create trigger records_are_ended_once before update on records for each row
  when (old.removed_in <> coalesce(new.removed_in, 0) or old.finalized_in <> coalesce(new.finalized_in, 0))
  execute function refuse_change();
create trigger uploads_are_kept before update or delete on uploads for each statement execute function refuse_change();
create trigger audit_is_kept before update or delete on audit for each statement execute function refuse_change();

-- The history as people read it: all versions of all records.
create view history as
select r.id, d.name as device, r.table_name, r.key, r.version, r.values, r.supersedes, next.id as superseded_by,
  case when r.removed_in is null then 'current' when next.id is null then 'deleted' else 'superseded' end as state,
  r.finalized_in is not null as finalized,
  added.at as added_at, adder.username as added_by, g.name as group_name,
  removed.at as removed_at, remover.username as removed_by,
  finalized.at as finalized_at, finalizer.username as finalized_by
from records r
join devices d on d.id = r.device_id
join uploads added on added.id = r.added_in
join users adder on adder.id = added.user_id
join groups g on g.id = added.group_id
left join records next on next.supersedes = r.id
left join uploads removed on removed.id = r.removed_in
left join users remover on remover.id = removed.user_id
left join uploads finalized on finalized.id = r.finalized_in
left join users finalizer on finalizer.id = finalized.user_id;
