-- What `list` prints, with the names of columns as headings. Dates and times are in UTC.

-- list users
select username as name, g.name as "uploads for", case when disabled_at is not null then 'disabled'
    when exists (select from devices where name = only_device and registered_by <> u.id) then 'ended' else '' end as state,
  u.patient_id as patient, u.only_device as "only from",
  (select to_char(max(a.at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI') from audit a
   where a.event = 'sign-in' and a.username = u.username) as "last sign-in"
from users u left join groups g on g.id = u.upload_group_id order by username;

-- list groups
select name, upload_policy as "to upload", finalize_policy as "to leave the tablet",
  (select count(*) from users where upload_group_id = groups.id) as users
from groups order by name;

-- list devices
select name, friendly_name as "friendly name", case when revoked_at is null then '' else 'revoked' end as state,
  to_char(registered_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as registered, client_version as client,
  (select to_char(max(u.at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI') from uploads u where u.device_id = devices.id) as "last upload"
from devices order by name;

-- list uploads
select u.id as upload, to_char(u.at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as at, d.name as device, u.username as "user", u.group_name as "group",
  (select count(*) from records r where r.device_id = u.device_id and r.added_in = u.id) as "records added",
  repeated_upload(u.id) as "sent again, as"
from uploads u join devices d on d.id = u.device_id order by u.id desc limit 100;

-- list patients
select p.id as patient, g.name as "group", details::json -> 0 ->> 'surname' as surname,
  details::json -> 0 ->> 'forename' as forename, details::json -> 0 ->> 'dob' as "date of birth",
  (select count(*) from users u where u.patient_id = p.id and u.disabled_at is null) as tablets,
  case when withdrawn_at is null then '' else 'withdrawn' end as state
from patients p join groups g on g.id = p.group_id order by p.id;

-- list schedules
select s.patient_id as patient, s.id as schedule, s.name, t.id as task, t.table_name as "table",
  to_char(t.due_from at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as "from", to_char(t.due_by at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as by
from schedules s left join scheduled_tasks t on t.schedule_id = s.id order by s.patient_id, s.id, t.id;

-- list idnumbers
select which as n, description, short_description as short, validation from id_number_types order by which;
