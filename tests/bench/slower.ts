/** A slower machine: the server and its connections to PostgreSQL stand still for most of the time. Needs Linux, and the right to stop them. */
import { spawn } from 'node:child_process';

/** Slows a server and its database down, so many times. Returns a function that ends this. */
export const slower = (times: number, server: number, database: string): (() => Promise<unknown>) => {
  const [works, waits] = [0.1, 0.1 * (times - 1)].map(String);
  const script = `
    pids() { echo ${String(server)}; pgrep -f '^postgres: .* ${database} '; }
    trap 'kill -CONT $(pids); exit' TERM
    while sleep ${String(works)}; do
      stopped=$(pids)
      kill -STOP $stopped; sleep ${String(waits)}; kill -CONT $stopped
    done 2>/dev/null`;
  const child = spawn('bash', ['-c', script]);
  return () =>
    new Promise((resolve) => {
      child.on('exit', resolve).kill();
    });
};
