/** Form to session to predicates, and a whole request in a resumed session: nanoseconds by case and rival. */
import { readFileSync } from 'node:fs';
import {
  defaultVersionPolicy,
  DeviceName,
  handleTabletRequest,
  secret,
  Username,
  type LookedUp,
} from 'camcops-tablet-session';
import { right } from 'fp-ts/lib/Either.js';
import { some } from 'fp-ts/lib/Option.js';

import { decoded } from '../support/decoded.js';
import { portsOf, worldFromJson } from '../support/world.js';
import { cases, nth } from './forms.js';
import { takeTurns, type Call, type Figures } from './measure.js';
import { handWritten } from './rivals/hand-written.js';
import { ours } from './rivals/ours.js';
import type { Form, Open } from './rivals/rival.js';

const rounds = 20;

const two = { text: '2.0.0', major: 2, minor: 0, patch: 0, prerelease: '' };
const rivals: Readonly<Record<'ours' | 'hand-written', Open>> = {
  ours: ours(defaultVersionPolicy),
  'hand-written': handWritten(two),
};

const user = {
  id: 1,
  username: decoded(Username, 'alice'),
  uploadGroupId: some(1),
  superuser: false,
  memberships: [],
};
const founds = [11, 12, 13, 14].map((id): LookedUp => {
  const session = { id: id + 490, token: secret(`token-${String(id)}`) };
  return {
    device: some({ id, name: decoded(DeviceName, `tablet-${String(id)}`) }),
    user: some(user),
    session: some(session),
  };
});

const opening =
  (open: Open, forms: readonly Form[]): Call =>
  (index) =>
    open(nth(forms, index), nth(founds, index));

const answersNothing = () => () => Promise.resolve(right(undefined));
const handle = handleTabletRequest({
  ports: portsOf(worldFromJson(readFileSync(process.argv[2] ?? '', 'utf8'))).ports,
  handlers: {
    upload_table: answersNothing,
    start_upload: answersNothing,
    get_id_info: answersNothing,
    end_upload: answersNothing,
  },
});
const serve: Call = (index) => handle(nth(cases.accepted, index))();

const entries = [
  ...Object.entries(cases).flatMap(([name, forms]) =>
    Object.entries(rivals).map(([rival, open]) => ({ name, rival, call: opening(open, forms) })),
  ),
  // By hand, the same forms are only opened.
  { name: 'served (1.00: opened by hand)', rival: 'ours', call: serve },
  {
    name: 'served (1.00: opened by hand)',
    rival: 'hand-written',
    call: opening(rivals['hand-written'], cases.accepted),
  },
];
const times = await takeTurns(
  entries.map(({ call }) => call),
  rounds,
);

const figures: Record<string, Record<string, number>> = {};
for (const [index, { name, rival }] of entries.entries()) {
  figures[name] = { ...figures[name], [rival]: times[index] ?? NaN };
}
console.log(JSON.stringify(figures satisfies Figures));
