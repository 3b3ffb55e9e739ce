/** The package beside the model: many generated requests, until they differ. */
import { isDeepStrictEqual } from 'node:util';

import { formOf, randomFrom, serverOf } from './generated-requests.js';
import { modelOf, type ModelForm, type ModelResult, type ModelServer } from './model.js';
import { packageOf, visible } from './package-result.js';

/** A request on which they differ, with as few fields as it takes. */
export interface Difference {
  readonly server: ModelServer;
  readonly form: ModelForm;
  readonly model: unknown;
  readonly package: unknown;
}

const formsPerServer = 250;

const differ = async (server: ModelServer, form: ModelForm): Promise<boolean> =>
  !isDeepStrictEqual(visible(modelOf(server, form)), await packageOf(server)(form));

const smallest = async (server: ModelServer, form: ModelForm): Promise<Difference> => {
  for (const pair of form.pairs) {
    const smaller = { ...form, pairs: form.pairs.filter((other) => other !== pair) };
    if (await differ(server, smaller)) return smallest(server, smaller);
  }
  return { server, form, model: visible(modelOf(server, form)), package: await packageOf(server)(form) };
};

/** Compares `count` requests; `met` is told what the model says of each. */
export const firstDifference = async (
  seed: number,
  count: number,
  met: (result: ModelResult, server: ModelServer) => void,
): Promise<Difference | undefined> => {
  const random = randomFrom(seed);
  for (let compared = 0; compared < count;) {
    const server = serverOf(random);
    const ask = packageOf(server);
    for (let at = 0; at < formsPerServer && compared < count; at += 1, compared += 1) {
      const form = formOf(random, server.world);
      const result = modelOf(server, form);
      if (!isDeepStrictEqual(visible(result), await ask(form))) return smallest(server, form);
      met(result, server);
    }
  }
  return undefined;
};
