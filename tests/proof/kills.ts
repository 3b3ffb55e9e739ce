/** `npm run kills -- N`: kills the server N times, with an embedded database and on a PostgreSQL cluster, and the cluster N times. */
import {
  embeddedServer,
  killTrial,
  ownCluster,
  postgresPrograms,
  postgresServer,
  type Victim,
} from '../support/kill-trial.js';

const kills = Number(process.argv[2] ?? 10);

const tell = async (what: string, victim: Victim): Promise<void> => {
  const { acknowledged, wrong } = await killTrial(victim, kills);
  console.log(
    `${what}: ${String(kills)} kills, ${String(acknowledged)} uploads acknowledged, ${String(wrong.length)} losses`,
  );
  for (const line of wrong.slice(0, 10)) console.log(line);
  if (wrong.length > 0) process.exitCode = 1;
  await victim.end();
};

await tell('the server, with its embedded database', await embeddedServer());
const programs = await postgresPrograms();
if (programs === undefined) {
  console.log('PostgreSQL is not installed here: PG_BIN may name the folder of its programs');
} else {
  const cluster = await ownCluster(programs);
  const { DATABASE_URL: url = '' } = cluster.settings;
  await tell('the server, on PostgreSQL', postgresServer(url));
  await tell('the PostgreSQL cluster', cluster);
}
