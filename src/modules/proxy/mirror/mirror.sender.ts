import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BackendPools } from '../backend-pools.js';
import { UpstreamPool } from '../http-lane/upstream-pool.js';
import { unbracketed } from '../upstream-connecting.js';
import type { MirroredRequest } from './mirrored-request.js';

/** Sends copies of requests over connections of its own, so that the originals never wait for one of them. */
export class MirrorSender {
  readonly pools = new BackendPools(
    ({ snapshot: settings }, { snapshot: backend }) => new UpstreamPool(settings, backend),
  );

  /** @param done Called once: whether an answer came. It has the time of connecting and responding together, as a whole. */
  send(copy: MirroredRequest, done: (isAnswered: boolean) => void): void {
    let request: ClientRequest;
    let isOver = false;
    const end = (isAnswered: boolean) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      if (!isAnswered) request?.destroy();
      done(isAnswered);
    };
    const { connectMs, responseMs } = copy.service.snapshot.timeouts;
    const timer = setTimeout(end, connectMs + responseMs, false);
    timer.unref();
    try {
      request = this.request(copy);
      // A copy that is still under way must not keep a worker that has drained.
      request.on('socket', (socket) => socket.unref());
      request.on('error', () => end(false));
      request.on('close', () => end(false));
      request.on('upgrade', (_response, socket) => socket.destroy());
      request.on('response', (response) => {
        response.on('error', () => end(false));
        response.on('end', () => end(true));
        response.resume();
      });
      request.end(copy.body ?? undefined);
    } catch {
      // A field that HTTP does not allow, or a backend that is no address: the original has been served all the same.
      end(false);
    }
  }

  private request({ service, backend, method, target, headers }: MirroredRequest): ClientRequest {
    const { host, port, secure } = backend.snapshot;
    const { agent } = this.pools.of(service, backend);
    const options = { host: unbracketed(host), port, method, path: target, headers, agent, setHost: false };
    return secure ? httpsRequest(options) : httpRequest(options);
  }
}
