/** The seed of all that is random here: another each time, or FUZZ_SEED to see a run again. */
const wanted = Number(process.env['FUZZ_SEED'] ?? NaN);

export const seed = Number.isSafeInteger(wanted) ? wanted | 0 : Math.floor(Math.random() * 2 ** 31);

// Whatever becomes of the run, it can be seen again.
console.log(`FUZZ_SEED=${String(seed)}`);
