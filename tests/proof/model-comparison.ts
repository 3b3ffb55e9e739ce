/** The front door beside its model: generated servers and forms, and the rules that each form meets. */
import { isDeepStrictEqual } from 'node:util';

import { untyped } from '../support/untyped.js';
import type { Comparison } from './compare.js';
import { formOf, randomFrom, serverOf } from './generated-requests.js';
import { modelOf, type ModelForm, type ModelResult, type ModelServer } from './model.js';
import { packageOf, visible } from './package-result.js';

interface Input {
  readonly server: ModelServer;
  readonly form: ModelForm;
}

const formsPerServer = 50;

const inputs = (seed: number): (() => Input) => {
  const random = randomFrom(seed);
  let [server, asked] = [serverOf(random), 0];
  return () => {
    if ((asked += 1) % formsPerServer === 0) server = serverOf(random);
    return { server, form: formOf(random, server.world) };
  };
};

const metBy = (result: ModelResult, storesSessions: boolean): string[] => {
  const { refusal, session, signInRow, isSessionOfAnother, outcome, reply } = result;
  const field = refusal?.field ?? null;
  const met = [
    outcome.result + (field === null ? '' : ` ${field}`),
    `status ${String(reply.status)}`,
    `sign-in: ${outcome.signIn}`,
    ...(outcome.result === 'served' ? [`served: ${String(outcome.operation)}`] : []),
    ...(outcome.deprecatedClient ? ['deprecated client'] : []),
  ];
  if (session === null) return met;
  return [
    ...met,
    `sign-in row ${String(signInRow)}`,
    `gate of devices: ${session.ensureDeviceRegistered ?? 'open'}`,
    `gate of registration: ${session.ensureValidUserForDeviceRegistration ?? 'open'}`,
    `gate of uploading: ${session.ensureValidDeviceAndUserForUploading ?? 'open'}`,
    ...Object.entries(session).flatMap(([name, value]) => (value === true ? [name] : [])),
    ...(isSessionOfAnother ? [`session of another device, sign-in: ${outcome.signIn}`] : []),
    ...(storesSessions ? [] : ['no session store']),
  ];
};

/** `resultOf` is another's only to be seen to differ. */
export const formComparison = (resultOf = packageOf): Comparison => {
  const made = new WeakMap<ModelServer, ReturnType<typeof packageOf>>();
  return {
    inputs,
    difference: async (input, met) => {
      const { server, form }: Input = untyped(input);
      const ask = made.get(server) ?? resultOf(server);
      made.set(server, ask);
      const result = modelOf(server, form);
      const [model, found] = [visible(result), await ask(form)];
      if (!isDeepStrictEqual(model, found)) return { model, package: found };
      for (const rule of metBy(result, server.world.storesSessions)) met(rule);
      return undefined;
    },
  };
};
