/** The body of an upload, within limits that hold whatever its sender says. */
import type { IncomingMessage } from 'node:http';
import type { Memory } from './memory.ts';
import { Problem } from './problem.ts';

/** Rejects with a Problem. What was read counts as held until `memory` is told otherwise. */
export async function readBody(incoming: IncomingMessage, maxBytes: number, memory: Memory): Promise<Buffer> {
  const { 'content-length': said, 'transfer-encoding': encoding } = incoming.headers;
  if (said === undefined && encoding === undefined)
    throw new Problem(411, 'The request does not say how long the trace is.');
  if (said !== undefined && Number(said) > maxBytes) throw tooLarge(maxBytes);
  const pieces: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    const fail = (problem: Problem) => {
      stop();
      // What still comes is let through to nowhere, so that the sender can read why.
      incoming.resume();
      reject(problem);
    };
    const onData = (piece: Buffer) => {
      length += piece.length;
      if (length > maxBytes) fail(tooLarge(maxBytes));
      else if (!memory.take(piece.length)) fail(busy());
      else pieces.push(piece);
    };
    const onEnd = () => {
      stop();
      resolve(Buffer.concat(pieces, length));
    };
    const onBroken = () => fail(new Problem(400, 'The upload broke off. Nothing was stored.'));
    const stop = () => {
      incoming.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
      incoming.on('error', () => {});
    };
    incoming.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
  });
}

export function busy(): Problem {
  return new Problem(503, 'The server is busy with other large traces. Try again in a few seconds.', {
    'retry-after': '5',
  });
}

function tooLarge(maxBytes: number): Problem {
  return new Problem(
    413,
    `The trace is too large: this server takes up to ${megabytes(maxBytes)} MB. Save it as a file instead, or leave something out.`,
  );
}

function megabytes(bytes: number): string {
  return String(Number((bytes / 1024 / 1024).toFixed(2)));
}
