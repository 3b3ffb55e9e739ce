/** Records as the real client sends them: 35 columns, about 24 characters a cell in JSON. */

const answers = Array.from({ length: 22 }, (_, index) => `question_${String(index + 1)}`);

export const columns = [
  ...['id', 'patient_id', 'when_created', 'when_last_modified', 'when_firstexit', 'firstexit_is_finish'],
  ...['firstexit_is_abort', 'editing_time_s', '_move_off_tablet', 'clinician_name', 'clinician_post'],
  ...['clinician_service', 'clinician_contact_details', ...answers],
];

/** Numbers that look like chance, and are the same every time. */
type Chance = (below: number) => number;

const chanceFrom = (start: number): Chance => {
  let seed = start;
  return (below) => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed % below;
  };
};

const texts: Readonly<Record<string, (chance: Chance) => string>> = {
  clinician_name: () => "'O''Hara'",
  clinician_post: () => "'Consultant'",
  clinician_service: () => "'Liaison psychiatry, ward 7'",
  clinician_contact_details: (chance) => (chance(3) === 0 ? String.raw`'line one\nline two'` : 'NULL'),
  editing_time_s: (chance) => (chance(1_000_000) / 1000).toFixed(3),
};

const cell = (column: string, record: number, chance: Chance): string => {
  if (column === 'id') return String(record + 1);
  if (column === 'patient_id') return String(chance(500) + 1);
  if (column === '_move_off_tablet') return '0';
  if (column.startsWith('when')) {
    return `'${new Date(1.2e12 + chance(400_000_000) * 1000).toISOString().replace('Z', '+00:00')}'`;
  }
  return texts[column]?.(chance) ?? (chance(3) === 0 ? 'NULL' : String(chance(4)));
};

/** Literals, in the order of the columns. Those of another seed have the same keys, and other dates and answers. */
export const recordsOf = (count: number, seed = 1): readonly (readonly string[])[] => {
  const chance = chanceFrom(seed);
  return Array.from({ length: count }, (_, record) => columns.map((column) => cell(column, record, chance)));
};

/** The fields of a one-step upload of them. */
export const oneStepFields = (records: readonly (readonly string[])[]) => ({
  finalizing: '0',
  pknameinfo: '{"phq9":"id"}',
  dbdata: JSON.stringify({
    phq9: records.map((cells) => Object.fromEntries(columns.map((column, at) => [column, cells[at]]))),
  }),
});
