-- What administrators change, and tablets keep copies of.

-- `changes` raises the version that tablets are told, at each change of what they keep: title, policies, ID numbers, texts.
create table server_information (
  is_only boolean primary key default true check (is_only),
  title   text,
  changes integer not null default 0
);
insert into server_information default values;

-- CamCOPS's files give most texts without a language, and tablets fall back on such texts.
alter table extra_strings alter language set default '';

-- Staged rows are soon copied or deleted, and most of their bytes are photographs: not worth the time of compressing them.
alter table staged_rows alter column row set storage external;

-- Each sign-in reads one hash of every kind.
create index on users (hash_kind, username);

-- Removes what is scheduled twice, and keeps it from happening again.
delete from scheduled_tasks a using scheduled_tasks b
  where a.id > b.id and (a.schedule_id, a.table_name, a.due_from, a.due_by) = (b.schedule_id, b.table_name, b.due_from, b.due_by);
alter table scheduled_tasks add unique (schedule_id, table_name, due_from, due_by);

-- Returns the upload that this one repeats: a tablet that does not hear that its upload was stored may send all of it again, after it was
-- finalized. Looks for a finalized record with the key and the instant of creation of a new one, whose JSON holds that instant as a plain
-- text. One new record per table is enough, because all are sent again, and an upload may have 10,000.
create function repeated_upload(upload bigint) returns bigint language sql stable as $$
  select max(earlier.finalized_in)
  from (
    select device_id, table_name, min(key) as key from records
    where device_id = (select device_id from uploads where id = upload) and added_in = upload and supersedes is null
    group by device_id, table_name
  ) new
  join records r on (r.device_id, r.table_name, r.key, r.added_in) = (new.device_id, new.table_name, new.key, upload)
  cross join lateral (
    select e.finalized_in from records e
    where e.device_id = r.device_id and e.table_name = r.table_name and e.key = r.key and e.removed_in is null and e.finalized_in < r.added_in
      and substring(e.values::text from '"when_created":("[^"]*")') = substring(r.values::text from '"when_created":("[^"]*")')
    offset 0
  ) earlier $$;
