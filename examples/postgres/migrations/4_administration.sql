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

alter table scheduled_tasks add unique (schedule_id, table_name, due_from, due_by);

-- If a tablet does not hear that its upload was stored, it may send all of it again, after it was finalized. Returns the upload that this
-- one repeats: both have a new record of one key, created at the same instant. Such texts stand in JSON as they are.
create function repeated_upload(upload bigint) returns bigint language sql stable as $$
  select max(earlier.finalized_in) from records r
  join records earlier on earlier.device_id = r.device_id and earlier.table_name = r.table_name and earlier.key = r.key
    and earlier.removed_in is null and earlier.finalized_in < r.added_in
    and substring(earlier.values::text from '"when_created":("[^"]*")') = substring(r.values::text from '"when_created":("[^"]*")')
  where r.device_id = (select device_id from uploads where id = upload) and r.added_in = upload and r.supersedes is null $$;
