/**
 * The Fetch API, in Deno, Bun, workerd and Next: `const tablets = fetchTablets(server, log)`. In Deno and Bun, call it for its path and
 * your own code for others; in workerd, from `fetch(request)`. In Next, `app/camcops/database/route.ts` is
 * `export { tablets as GET, tablets as POST }`.
 * This limits bodies to 40 MB and 30,000 fields. TLS and limits of requests and connections are a proxy's job: see docs/running.md.
 */
import {
  handleTabletRequest,
  type Device,
  type TabletOutcome,
  type TabletServer,
  type User,
} from 'camcops-tablet-session';

/** Returns the body as text; undefined if it is too long or has too many fields. */
const textOf = async (request: Request): Promise<string | undefined> => {
  const decoder = new TextDecoder();
  let [body, size] = ['', 0];
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = request.body?.getReader();
  // Not `for await`, which the types of a browser's streams, and so Next's, do not allow.
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    size += read.value.byteLength;
    if (size > 40 * 1024 * 1024) {
      await reader?.cancel();
      return undefined;
    }
    body += decoder.decode(read.value, { stream: true });
  }
  body += decoder.decode();
  return body.split('&', 30_001).length > 30_000 ? undefined : body;
};

export const fetchTablets = <E, D extends Device, U extends User>(
  server: TabletServer<E, URLSearchParams, D, U>,
  log: (outcome: TabletOutcome<E>) => void,
): ((request: Request) => Promise<Response>) => {
  const handle = handleTabletRequest(server);
  return async (request) => {
    if (new URL(request.url).pathname !== '/camcops/database') return new Response(null, { status: 404 });
    const text = await textOf(request);
    if (text === undefined) return new Response(null, { status: 413 });
    const { status, headers, body, outcome } = await handle({
      method: request.method,
      fields: new URLSearchParams(text),
    })();
    log(outcome);
    return new Response(body, { status, headers });
  };
};
