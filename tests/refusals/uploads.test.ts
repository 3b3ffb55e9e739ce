import { expect, it } from 'vitest';

import { userErrorMessage } from '../../src/index.js';
import { noUploadUnderWay, uploadUnderWay } from '../../src/refusals/uploads.js';

it('a step without an upload and an upload that is started again have words of their own', () => {
  expect([noUploadUnderWay, uploadUnderWay].map(userErrorMessage)).toEqual([
    'No upload is under way: please start the upload again',
    'This upload has already begun: please start the upload again',
  ]);
});
