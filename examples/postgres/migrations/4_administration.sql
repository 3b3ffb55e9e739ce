-- What an administrator changes, and tablets keep.

-- The version that tablets are told rises with each change of what they keep: title, policies, ID numbers, texts.
create table server_information (
  is_only boolean primary key default true check (is_only),
  title   text,
  changes integer not null default 0
);
insert into server_information default values;

-- CamCOPS's files give most texts without a language, and tablets fall back on those.
alter table extra_strings alter language set default '';

-- Each sign-in asks for one hash of every kind.
create index on users (hash_kind, username);

-- What is scheduled twice is scheduled once.
delete from scheduled_tasks a using scheduled_tasks b
  where a.id > b.id and (a.schedule_id, a.table_name, a.due_from, a.due_by) = (b.schedule_id, b.table_name, b.due_from, b.due_by);
alter table scheduled_tasks add unique (schedule_id, table_name, due_from, due_by);

-- If a tablet does not hear that its upload was stored, it may send all of it again, after it was finalized. Returns the upload that this
-- one repeats: the first new record of a table has the key and the instant of creation of one that the other has finalized. Such texts
-- stand in JSON as they are. Of each table the first alone, since all are sent again, and an upload may have 10,000.
create function repeated_upload(upload bigint) returns bigint language sql stable as $$
  select max(earlier.finalized_in) from (
    select distinct on (table_name) * from records
    where device_id = (select device_id from uploads where id = upload) and added_in = upload and supersedes is null
    order by table_name, key
  ) r cross join lateral (
    select e.finalized_in from records e
    where e.device_id = r.device_id and e.table_name = r.table_name and e.key = r.key and e.removed_in is null and e.finalized_in < r.added_in
      and substring(e.values::text from '"when_created":("[^"]*")') = substring(r.values::text from '"when_created":("[^"]*")')
    offset 0
  ) earlier $$;
