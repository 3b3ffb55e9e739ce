/** Plain node:http. It has no limit of size: the reference server shows one. */
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { TabletForm, TabletReply } from 'camcops-tablet-session';

type Handle = (form: TabletForm<URLSearchParams>) => () => Promise<TabletReply<unknown>>;

export const nodeServer = (handle: Handle, log: (line: string) => void): Server =>
  createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const fields = new URLSearchParams(await text(request));
      const reply = await handle({ method: request.method ?? '', fields })();
      log(JSON.stringify(reply.outcome));
      response.writeHead(reply.status, { 'content-type': 'text/plain; charset=utf-8' }).end(reply.body);
    };
    // A client that goes away in the middle of its body is owed no answer.
    answer().catch(() => response.destroy());
  });
