/** The promises of an `UploadStore`, as named checks for any test runner. */
import { isLeft } from 'fp-ts/lib/Either.js';

import type { Device, User } from '../index.js';
import type { UploadStore } from '../operations/index.js';
import { keptIf, lawOf, type Law } from './law.js';
import { allLaws, failureLaws } from './upload-law-table.js';
import type { UploadLawSubjects } from './upload-subjects.js';
import { trialOf } from './upload-trial.js';

const law = lawOf('the store');
const maxShown = 300;

const shown = (findings: string): string => (findings === '' ? 'nothing' : findings.slice(0, maxShown));

/**
 * Returns the laws of a host's uploads. Run each `check` as a test of its own, one after the other: each first finalizes what
 * the subjects' devices have stored, and then uploads up to 10,000 records.
 *
 * @example
 * import { right } from 'fp-ts/lib/Either.js';
 * import { admissionTo, inMemoryUploads, uploadLaws } from 'camcops-tablet-session/testing';
 *
 * const uploads = inMemoryUploads();
 * const subjects = {
 *   admission: admissionTo('end_upload'),
 *   otherUser: admissionTo('end_upload', { user: { id: 2, username: 'bob' } }),
 *   otherDevice: admissionTo('end_upload', { device: { id: 2, name: 'tablet-2' } }),
 *   tables: ['phq9', 'gad7'] as const,
 *   column: 'q1',
 *   versions: ({ name }: { readonly name: string }, table: string) => Promise.resolve(uploads.versions(name, table)),
 * };
 * await uploadLaws(uploads, subjects)[1]?.check(); // right(undefined)
 * const idle = { ...uploads, transact: () => () => Promise.resolve(right(undefined)) };
 * await uploadLaws(idle, subjects)[1]?.check(); // left('expected 1 a current, 2 b current, second 3 c current; found nothing')
 */
export const uploadLaws = <E, D extends Device, U extends User>(
  store: UploadStore<E, D, U>,
  subjects: UploadLawSubjects<E, D, U>,
): readonly Law[] => {
  const newTrial = trialOf(store, subjects);
  const laws = {
    ...allLaws<E, D, U>(subjects.values),
    ...(subjects.failing === undefined ? {} : failureLaws<E, D, U>()),
  };
  return Object.entries(laws).map(([name, [moves, expected]]) =>
    law(name, async () => {
      const trial = await newTrial();
      const findings: string[] = [];
      for (const move of moves(trial)) {
        const answer = await move();
        if (isLeft(answer)) findings.push(answer.left.code);
        else if (typeof answer.right === 'string') findings.push(answer.right);
      }
      const found = [...findings, ...(await trial.history())].join(', ');
      return keptIf(found === expected, `expected ${shown(expected)}; found ${shown(found)}`);
    }),
  );
};
