/** A patient's account acts for its own patient, from its own device: on the host in memory. */
import { expect, it } from 'vitest';

import { handleTabletRequest } from 'camcops-tablet-session';
import { operationHandlers } from 'camcops-tablet-session/operations';
import { inMemoryHost } from 'camcops-tablet-session/testing';
import { own, tryAttack } from '../support/attack.js';
import { storedTexts } from '../support/replay.js';

const accessKey = 'hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l';

it('whoever has one access key cannot act for another device or patient', async () => {
  const { idnum1, ...texts } = own;
  const users = ['nurse', 'patient-1'].map((username) => ({ username, password: 'pw' }));
  const { ports, host, versions } = inMemoryHost({
    users,
    tables: {
      patient: ['forename', 'surname', 'sex', 'dob'],
      patient_idnum: ['patient_id', 'which_idnum', 'idnum_value'],
    },
    patients: [{ accessKey, username: 'patient-1', password: 'pw', ...texts, idNumbers: { 1: idnum1 } }],
  });
  const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });
  const post = async (body: string) => (await handle({ method: 'POST', fields: new URLSearchParams(body) })()).body;
  const stored = () =>
    Promise.resolve(
      ['ward', 'phone']
        .flatMap((device) => ['patient', 'patient_idnum'].flatMap((table) => storedTexts(versions(device, table))))
        .join('\n'),
    );
  await tryAttack({ post, accessKey, stored });
  expect(versions('ward', 'patient').map(({ state }) => state)).toEqual(['deleted', 'current']);
  expect(versions('phone', 'patient').map(({ finalized }) => finalized)).toEqual([true]);
});
