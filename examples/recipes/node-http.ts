/** Plain node:http. It has no limit of size: the reference server shows one. */
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { TabletForm, TabletOutcome, TabletReply } from 'camcops-tablet-session';

type Handle = (form: TabletForm<URLSearchParams>) => () => Promise<TabletReply<unknown>>;
type Log = (outcome: TabletOutcome<unknown>) => void;

export const nodeServer = (handle: Handle, log: Log): Server =>
  createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const fields = new URLSearchParams(await text(request));
      const reply = await handle({ method: request.method ?? '', fields })();
      response.writeHead(reply.status, reply.headers).end(reply.body);
      log(reply.outcome);
    };
    // A client that goes away in the middle of its body is owed no answer.
    answer().catch(() => response.destroy());
  });
