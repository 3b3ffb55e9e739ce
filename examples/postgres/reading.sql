-- The views that people read. views.ts runs this file again whenever it or the list of tables changes. Its schemas hold no data except the
-- list of parts, so a migration that changes what they read begins with `drop schema if exists camcops, camcops_history cascade`.

do $reading$ begin
perform pg_advisory_xact_lock(2026, 12);
create schema if not exists camcops;
create schema if not exists camcops_history;

-- Which tables are parts of a task. Their column `link` holds the key of the record in the `owner`'s table.
create table if not exists camcops."parts of tasks" (
  part  text collate "C" primary key,
  link  text not null,
  owner text collate "C" not null
);

-- Serves every look-up of the views: the current records of a table, and one of them by its key.
create index if not exists records_by_table on records (table_name, device_id, key) where removed_in is null;

-- Replaces NUL and lone surrogates by U+FFFD, because JSON may hold them, but a text of PostgreSQL may not.
create or replace function camcops.readable(row_json json) returns json language sql immutable as $$
  select case when row_json::text like '%\\u0000%' or row_json::text like '%\\ud%'
    then regexp_replace(row_json::text, '(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f]..)', '\1\\ufffd', 'g')::json
    else row_json end $$;

-- Read a value as its column's declared type. A value of another type becomes null, so that no single value fails a whole select.
create or replace function camcops.long_integer(digits text) returns bigint language sql immutable as $$
  select case when digits ~ '^-?[0-9]{1,19}$'
    then case when digits::numeric between -9223372036854775808 and 9223372036854775807 then digits::bigint end end $$;
create or replace function camcops.as_integer(cell json) returns bigint language sql immutable as $$
  select case when cell::text ~ '^-?[0-9]{1,18}$' then cell::text::bigint
    when json_typeof(cell) = 'number' then camcops.long_integer(cell::text)
    when json_typeof(cell) = 'object' then camcops.long_integer(cell ->> 'bigint') end $$;
create or replace function camcops.as_real(cell json) returns double precision language sql immutable as $$
  select case json_typeof(cell) when 'number' then cell::text::double precision
    when 'object' then case cell ->> 'float' when 'nan' then 'NaN' when 'inf' then 'Infinity' when '-inf' then '-Infinity' when '-0' then '-0'
      else case when cell ->> 'bigint' ~ '^-?[0-9]{1,255}$' then (cell ->> 'bigint')::double precision end end end $$;
create or replace function camcops.as_text(cell json) returns text language sql immutable as $$
  select case json_typeof(cell) when 'string' then cell #>> '{}' end $$;
create or replace function camcops.as_blob(cell json) returns bytea language sql immutable as $$
  select case json_typeof(cell) when 'object' then decode(cell ->> 'blob', 'base64') end $$;

-- Finds the ID numbers of a patient. Rebuilt each time, because its functions may have changed.
drop index if exists idnums_by_patient;
create index idnums_by_patient on records (device_id, camcops.as_integer(camcops.readable(values) -> 'patient_id'))
  where table_name = 'patient_idnum' and removed_in is null;

-- Each current record, with its patient. The patient of a part is its task's; that of a photograph or drawing its part's or task's.
-- `offset 0` and `limit 1` make PostgreSQL read the JSON of each record once, and look up the record that it names by key.
create or replace view camcops.answers as
select c.table_name, c.key, d.name as device, c.finalized_in as era, p.forename as patient_forename,
  p.surname as patient_surname, p.sex as patient_sex, p.dob as patient_dob, i.idnums as patient_idnums,
  u.at as uploaded_at, u.username as uploaded_by, u.group_name, c.finalized_in is not null as finalized, sent.data,
  -- Whether an earlier era holds the same task: see the last condition.
  task.created is not null and exists (
    select from records r cross join lateral json_to_record(camcops.readable(r.values)) as w(when_created json)
    where r.table_name = task.table_name and r.device_id = c.device_id and r.key = task.key and r.removed_in is null
      and r.finalized_in < coalesce(c.finalized_in, r.finalized_in + 1) and camcops.as_text(w.when_created) = task.created
    offset 0
  ) as sent_again
from records c
join devices d on d.id = c.device_id
join uploads u on u.id = c.added_in
cross join lateral (select camcops.readable(c.values) as data offset 0) sent
cross join lateral json_to_record(sent.data) as v(patient_id json, when_created json, tablename json, tablepk json)
left join camcops."parts of tasks" link on link.part = c.table_name
cross join lateral (
  select case c.table_name when 'blobs' then camcops.as_text(v.tablename) else link.owner end as table_name,
    camcops.as_integer(case c.table_name when 'blobs' then v.tablepk else sent.data -> link.link end) as key
  offset 0
) named
left join lateral (
  select r.table_name, r.key, w.patient_id, w.when_created, next.owner as next_table, camcops.as_integer(has.data -> next.link) as next_key
  from records r
  cross join lateral (select camcops.readable(r.values) as data offset 0) has
  cross join lateral json_to_record(has.data) as w(patient_id json, when_created json)
  left join camcops."parts of tasks" next on next.part = r.table_name
  where r.table_name = named.table_name and r.device_id = c.device_id and r.key = named.key
    and r.removed_in is null and r.finalized_in is not distinct from c.finalized_in
  limit 1
) owner on named.key is not null
left join lateral (
  select r.table_name, r.key, w.patient_id, w.when_created
  from records r cross join lateral json_to_record(camcops.readable(r.values)) as w(patient_id json, when_created json)
  where r.table_name = owner.next_table and r.device_id = c.device_id and r.key = owner.next_key
    and r.removed_in is null and r.finalized_in is not distinct from c.finalized_in
  limit 1
) next_owner on owner.next_key is not null
cross join lateral (
  select coalesce(next_owner.table_name, owner.table_name, c.table_name) as table_name,
    coalesce(next_owner.key, owner.key, c.key) as key,
    case c.table_name when 'patient' then c.key
      else camcops.as_integer(coalesce(next_owner.patient_id, owner.patient_id, v.patient_id)) end as patient,
    camcops.as_text(coalesce(next_owner.when_created, owner.when_created, v.when_created)) as created
  offset 0
) task
left join lateral (
  select r.key, camcops.as_text(w.forename) as forename, camcops.as_text(w.surname) as surname, camcops.as_text(w.sex) as sex,
    camcops.as_text(w.dob) as dob
  from records r
  cross join lateral json_to_record(camcops.readable(r.values)) as w(forename json, surname json, sex json, dob json)
  where r.table_name = 'patient' and r.device_id = c.device_id and r.key = task.patient
    and r.removed_in is null and r.finalized_in is not distinct from c.finalized_in
  limit 1
) p on task.patient is not null
left join lateral (
  select jsonb_object_agg(camcops.as_integer(w.which_idnum), camcops.as_integer(w.idnum_value) order by r.key) as idnums
  from records r cross join lateral json_to_record(camcops.readable(r.values)) as w(which_idnum json, idnum_value json)
  where r.table_name = 'patient_idnum' and r.device_id = c.device_id
    and camcops.as_integer(camcops.readable(r.values) -> 'patient_id') = task.patient
    and r.removed_in is null and r.finalized_in is not distinct from c.finalized_in
    and camcops.as_integer(w.which_idnum) is not null and camcops.as_integer(w.idnum_value) is not null
) i on p.key is not null
-- A tablet that did not hear that an upload was stored sends all of it again in its next era. Tasks created at the same instant are the same.
where c.removed_in is null and (c.finalized_in is null or task.created is null or not exists (
  select from records r cross join lateral json_to_record(camcops.readable(r.values)) as w(when_created json)
  where r.table_name = task.table_name and r.device_id = c.device_id and r.key = task.key and r.removed_in is null
    and (r.finalized_in is null or r.finalized_in > c.finalized_in) and camcops.as_text(w.when_created) = task.created
  offset 0
));

-- Returns a name of at most 63 bytes, which is what PostgreSQL keeps, with a number added if it is taken.
create or replace function camcops.name_beside(taken text[], name text) returns text language plpgsql immutable as $$
declare
  free text := left(name, 63);
  number integer := 2;
begin
  while free = any(taken) loop
    free := left(name, 55) || '_' || number;
    number := number + 1;
  end loop;
  return free;
end $$;

-- Replaces the list of parts and the views of the tables, each given by its name and its columns with types. A view keeps its grants and
-- the views upon it, unless its columns have moved. `kind` is a schema: where it takes rows and their JSON from, and its first columns.
create or replace function camcops.replace_views(tables json, made_of text) returns void language plpgsql as $$
declare
  kind record;
  sent record;
  shown record;
  view_names text[];
  column_names text[];
  cells text;
  query text;
begin
  perform pg_advisory_xact_lock(2026, 12);
  -- A part is a table without `patient_id` in which one column, `X_id`, points to a table X. CamCOPS's client names one link otherwise.
  delete from camcops."parts of tasks";
  insert into camcops."parts of tasks"
    select part.name, min(link.name), min(owner.name)
    from json_to_recordset(tables) as part(name text, columns json)
    cross join lateral json_to_recordset(part.columns) as link(name text)
    join json_to_recordset(tables) as owner(name text) on owner.name <> part.name
      and owner.name = case link.name when 'medicationtable_id' then 'khandaker_mojo_medicationtherapy' else substring(link.name from '^(.+)_id$') end
    where not exists (select from json_to_recordset(part.columns) as c(name text) where c.name = 'patient_id')
    group by part.name having count(*) = 1;

  for kind in select * from (values
    ('camcops', 'camcops.answers', 'a.data', '{answers,"parts of tasks"}'::text[],
      '{device,era,patient_forename,patient_surname,patient_sex,patient_dob,patient_idnums,uploaded_at,uploaded_by,group_name,finalized,sent_again}'::text[]),
    ('camcops_history', 'history', 'camcops.readable(a.values)', '{}',
      '{device,version,state,finalized,added_at,added_by,group_name,removed_at,removed_by,finalized_at,finalized_by}')
  ) as k(schema, source, data, views, columns) loop
    view_names := kind.views;
    for sent in select * from json_to_recordset(tables) as t(name text, columns json) loop
      view_names := view_names || camcops.name_beside(view_names, sent.name);
      column_names := kind.columns;
      cells := 'a.' || array_to_string(column_names, ', a.');
      -- A name of more than 63 bytes is too long for a column of json_to_record.
      for shown in
        select c.name, case when c.type in ('integer', 'real', 'text', 'blob') then 'camcops.as_' || c.type end as reader,
          case when length(c.name) <= 63 then format('v.%I', c.name) else format('%s -> %L', kind.data, c.name) end as cell
        from json_to_recordset(sent.columns) as c(name text, type text)
      loop
        column_names := column_names || camcops.name_beside(column_names, shown.name);
        cells := cells || format(', %s(%s) as %I', shown.reader, shown.cell, column_names[cardinality(column_names)]);
      end loop;
      query := format('view %I.%I as select %s from %s a cross join lateral json_to_record(%s) as v(%s) where a.table_name = %L',
        kind.schema, view_names[cardinality(view_names)], cells, kind.source, kind.data,
        (select string_agg(format('%I json', c.name), ', ') from json_to_recordset(sent.columns) as c(name text) where length(c.name) <= 63),
        sent.name);
      begin
        execute 'create or replace ' || query;
      exception when invalid_table_definition then
        execute format('drop view %I.%I', kind.schema, view_names[cardinality(view_names)]);
        execute 'create ' || query;
      end;
    end loop;
  end loop;
  execute format('comment on schema camcops is %L', made_of);
end $$;
end $reading$;
