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

const smallest = async (server: ModelServer, form: ModelForm, resultOf: typeof packageOf): Promise<Difference> => {
  for (const pair of form.pairs) {
    const smaller = { ...form, pairs: form.pairs.filter((other) => other !== pair) };
    const isDifferent = !isDeepStrictEqual(visible(modelOf(server, smaller)), await resultOf(server)(smaller));
    if (isDifferent) return smallest(server, smaller, resultOf);
  }
  return { server, form, model: visible(modelOf(server, form)), package: await resultOf(server)(form) };
};

/** Compares `count` requests; `met` is told what the model says of each. `resultOf` is another's only to be seen to differ. */
export const firstDifference = async (
  seed: number,
  count: number,
  met: (result: ModelResult, server: ModelServer) => void,
  resultOf = packageOf,
): Promise<Difference | undefined> => {
  const random = randomFrom(seed);
  for (let compared = 0; compared < count;) {
    const server = serverOf(random);
    const ask = resultOf(server);
    for (let at = 0; at < formsPerServer && compared < count; at += 1, compared += 1) {
      const form = formOf(random, server.world);
      const result = modelOf(server, form);
      if (!isDeepStrictEqual(visible(result), await ask(form))) return smallest(server, form, resultOf);
      met(result, server);
    }
  }
  return undefined;
};
