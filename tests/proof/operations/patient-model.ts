/** Patients once more: ID policies, access keys, ID numbers and details; nothing is shared with `src`. */

// ID policies: a text becomes a flat list of tokens, and brackets are worked out from the inside, by rewriting the text

const policyWords = /^(?:FORENAME|SURNAME|SEX|DOB|ADDRESS|GP|OTHERDETAILS|EMAIL|ANYIDNUM|OTHERIDNUM|IDNUM[0-9]+)$/;

/** The canonical tokens, or `null` if the policy is invalid. */
export const modelPolicyTokens = (text: string): readonly string[] | null => {
  if (/[^\x21-\x7e \t\r\n\v\f]/.test(text)) return null;
  const tokens = text
    .replace(/[()]/g, ' $& ')
    .split(/[ \t\r\n\v\f]+/)
    .filter((token) => token !== '')
    .map((token) => token.toUpperCase().replace(/^IDNUM0+(?=[0-9])/, 'IDNUM'));
  if (tokens.length > 500) return null;

  // A shape of one letter a token: x for a word, o for an operator. A valid one shrinks to a single x.
  let shape = '';
  let depth = 0;
  for (const token of tokens) {
    const number = Number(/^IDNUM(.+)$/.exec(token)?.[1] ?? 1);
    depth += token === '(' ? 1 : token === ')' ? -1 : 0;
    if (depth > 100) return null;
    if ('()'.includes(token)) shape += token;
    else if (token === 'AND' || token === 'OR') shape += 'o';
    else if (token === 'NOT') shape += 'n';
    else if (policyWords.test(token) && number >= 1 && number <= 2147483647) shape += 'x';
    else return null;
  }
  for (let before = ''; before !== shape;) {
    before = shape;
    shape = shape.replace(/nx/, 'x').replace(/\(x\)/, 'x').replace(/xox/, 'x');
  }
  return shape === 'x' ? tokens : null;
};

/** As the server prints it. */
export const modelShowPolicy = (tokens: readonly string[]): string =>
  tokens.join(' ').replaceAll('( ', '(').replaceAll(' )', ')');

type Detail = 'forename' | 'surname' | 'sex' | 'dob' | 'address' | 'email' | 'gp' | 'other';
/** ID numbers are in the order sent; one beyond 2^53 is `{ bigint }`. */
export type ModelPatient = Readonly<Record<Detail, string | null>> & {
  readonly idNumbers: readonly (readonly [which: number, value: unknown])[];
};

/** Whether a patient satisfies a valid policy: 1 and 0 stand for what is present, and the text is worked out. */
export const modelSatisfies = (tokens: readonly string[], patient: ModelPatient): boolean => {
  const listed = patient.idNumbers.filter(([, value]) => value !== null).map(([which]) => which);
  const isPresent = (word: string): boolean => {
    if (word === 'ANYIDNUM') return listed.length > 0;
    if (word === 'OTHERIDNUM') return listed.some((which) => !tokens.includes(`IDNUM${String(which)}`));
    if (word.startsWith('IDNUM')) return listed.includes(Number(word.slice(5)));
    const field = word === 'OTHERDETAILS' ? 'other' : word.toLowerCase();
    return (new Map<string, unknown>(Object.entries(patient)).get(field) ?? '') !== '';
  };
  let sum = tokens.map((token) => (policyWords.test(token) ? (isPresent(token) ? '1' : '0') : token)).join('');
  while (sum.length > 1) {
    // One step at a time, and the leftmost first: brackets, then NOT, then AND and OR alike.
    sum = /\([01]\)|NOT[01]/.test(sum)
      ? sum.replace(/\(([01])\)/, '$1').replace(/NOT([01])/, (_, bit: string) => (bit === '1' ? '0' : '1'))
      : sum.replace(/(^|\()([01])(AND|OR)([01])/, (_, start: string, a: string, operator: string, b: string) => {
          const both = a + b;
          return start + (operator === 'AND' ? (both === '11' ? '1' : '0') : both === '00' ? '0' : '1');
        });
  }
  return sum === '1';
};

// Access keys: hexadecimal digits, not bits

const consonants = 'bdfghjklmnprstvz';
const vowels = 'aiou';

const checkSum = (letters: string): number =>
  letters
    .split('')
    .reverse()
    .reduce((sum, letter, at) => {
      const code = consonants.includes(letter) ? consonants.indexOf(letter) : vowels.indexOf(letter);
      const product = at % 2 === 0 ? code : code * 2;
      return sum + (product > 15 ? 1 + (product - 16) : product);
    }, 0) % 16;

/** The UUID of an access key, or `null`. */
export const modelUuidOfAccessKey = (text: string): string | null => {
  const key = text.replace(/^[ \t\r\n\v\f]+|[ \t\r\n\v\f]+$/g, '').replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const word = '[bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz]';
  if (!new RegExp(`^(?:${word}-){8}[bdfghjklmnprstvz]$`).test(key) || key.length !== 49) return null;
  if (checkSum(key.replaceAll('-', '')) !== 0) return null;
  const words = key.split('-').slice(0, 8);
  const hex = words.map((five) => {
    const [a, b, c, d, e] = five.split('').map((letter, at) => (at % 2 === 0 ? consonants : vowels).indexOf(letter));
    return (((((a ?? 0) * 4 + (b ?? 0)) * 16 + (c ?? 0)) * 4 + (d ?? 0)) * 16 + (e ?? 0)).toString(16).padStart(4, '0');
  });
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};

/** The access key of a UUID in lower case. */
export const modelAccessKeyOfUuid = (uuid: string): string => {
  const words = (uuid.replaceAll('-', '').match(/.{4}/g) ?? []).map((four) => {
    const number = parseInt(four, 16);
    const places = [4096 * 1, 1024, 64, 16, 1].map((unit, at) => Math.floor(number / unit) % (at % 2 === 0 ? 16 : 4));
    return places.map((code, at) => (at % 2 === 0 ? consonants : vowels).charAt(code)).join('');
  });
  const check = consonants.split('').find((letter) => checkSum(words.join('') + letter) === 0) ?? '';
  return [...words, check].join('-');
};

// ID numbers

/** Whether a value in plain form (`null`, number, text, `{ bigint }`...) passes a method. */
export const modelIsValidIdNumber = (method: string | null, value: unknown): boolean => {
  if (value === null || method === null) return true;
  const digits = JSON.stringify(value);
  if (!/^[1-9][0-9]{9}$/.test(digits)) return false;
  const sum = digits
    .slice(0, 9)
    .split('')
    .reduce((total, digit, at) => total + Number(digit) * (10 - at), 0);
  return (11 - (sum % 11)) % 11 === Number(digits.charAt(9));
};

/** Type and method of each ID number that is defined. */
export type ModelMethods = ReadonlyMap<unknown, string | null>;
/** What is wrong with an ID number: the words, or `null` for any words; `undefined` if nothing is. */
export const modelIdNumberFault = (
  methods: ModelMethods,
  which: unknown,
  value: unknown,
): string | null | undefined => {
  const method = methods.get(which);
  if (method === undefined) return Number.isInteger(which) ? `No such ID number type: ${String(which)}` : null;
  return modelIsValidIdNumber(method, value) ? undefined : `The ID number of type ${String(which)} is invalid`;
};

export type ModelReadPatient = ModelPatient & { readonly finalizing: boolean };
/** The first fault of the first patient that has one: its words, and its code with the rule after it; the policies are valid. */
export const modelPatientsFault = (
  methods: ModelMethods,
  policies: { readonly upload: readonly string[]; readonly finalizing: readonly string[] },
  patients: readonly ModelReadPatient[],
): { readonly words: string; readonly why: string } | null => {
  for (const [at, patient] of patients.entries()) {
    for (const [which, value] of patient.idNumbers) {
      const fault = modelIdNumberFault(methods, which, value);
      if (typeof fault !== 'string') continue;
      return { words: fault.replace('No such', 'Bad'), why: `${methods.has(which) ? 'invalid' : 'unknown'}-id-number` };
    }
    const policy = patient.finalizing ? 'finalizing' : 'upload';
    if (modelSatisfies(policies[policy], patient)) continue;
    const words = `Invalid patient (number ${String(at + 1)} in the list): Fails ${policy} ID policy`;
    return { words, why: `patient-fails-policy: ${policy}` };
  }
  return null;
};
