-- One state per device for its uploads; staged rows apart from their steps; names as they were at the upload; no table refers to users.

alter table migrations add checksum text;

drop view history;

-- Null: the device has never uploaded.
alter table devices add upload_state jsonb;
update devices
  set upload_state = jsonb_build_object('underWay', null, 'hasStaged', false, 'finished', finished, 'whole', null)
  where finished is not null;
alter table devices drop upload, drop finished, drop whole, drop constraint devices_registered_by_fkey;

-- What an unfinished upload had staged is dropped: its next step is refused, and its tablet begins again.
drop table staged_values, staged_steps;

-- A step of an upload that has not ended: JSON of an UploadStep that has numbers of staged_rows in place of rows.
create table staged_steps (
  id         bigint generated always as identity primary key,
  device_id  integer not null references devices,
  session_id bigint,
  step       json not null,
  -- Of this step and all before it: the number of the last row, and the bytes of all.
  last_row   integer not null,
  bytes      bigint not null
);
create index on staged_steps (device_id, id);

create table staged_rows (
  device_id integer not null,
  number    integer not null,
  row       json not null,
  primary key (device_id, number)
);

alter table uploads drop constraint uploads_user_id_fkey, add username text, add group_name text;
alter table uploads disable trigger uploads_are_kept;
update uploads set username = u.username, group_name = g.name from users u, groups g where u.id = user_id and g.id = group_id;
alter table uploads enable trigger uploads_are_kept;
alter table uploads alter username set not null, alter group_name set not null;

create trigger records_are_not_emptied before truncate on records for each statement execute function refuse_change();
create trigger uploads_are_not_emptied before truncate on uploads for each statement execute function refuse_change();
create trigger audit_is_not_emptied before truncate on audit for each statement execute function refuse_change();

-- A session that names a device is that device's alone.
alter table sessions drop constraint sessions_user_id_fkey, add device text collate "C",
  add started_at timestamptz not null default now();

-- The one device that this account may act from; null: any.
alter table users add only_device text collate "C", add disabled_at timestamptz;
-- A key that is withdrawn is no patient's any more.
alter table patients add withdrawn_at timestamptz;
-- No tablet may be called "server": an account that has registered none acts again once its tablet has registered with the access key.
update users u set only_device = coalesce((select min(name) from devices where registered_by = u.id), 'server')
  where patient_id is not null;

-- The history as people read it: all versions of all records.
create view history as
select r.id, d.name as device, r.table_name, r.key, r.version, r.values, r.supersedes, next.id as superseded_by,
  case when r.removed_in is null then 'current' when next.id is null then 'deleted' else 'superseded' end as state,
  r.finalized_in is not null as finalized, r.added_in, r.removed_in, r.finalized_in,
  added.at as added_at, added.username as added_by, added.group_name,
  removed.at as removed_at, removed.username as removed_by,
  finalized.at as finalized_at, finalized.username as finalized_by
from records r
join devices d on d.id = r.device_id
join uploads added on added.id = r.added_in
left join records next on next.supersedes = r.id
left join uploads removed on removed.id = r.removed_in
left join uploads finalized on finalized.id = r.finalized_in;
